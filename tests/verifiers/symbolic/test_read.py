"""The laws of reading: nothing runs, nothing hangs, what SymPy prints is read back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.verifiers.symbolic.final import final_answer
from refine.verifiers.symbolic.read import expression, tree
from refine.verifiers.symbolic.tree import CALCULUS, Bounds, text
from refine.verifiers.symbolic.tree_bounds import exact
from tests.verifiers.symbolic.hostile import CANARY, hostile

X, Y, N = sympy.symbols("x y n")
HOSTILE = hostile()


def read(candidate: str) -> str:
    """Why it was refused, or nothing; anything but Wrong is a fault of the reader."""
    try:
        expression(candidate, allow=CALCULUS)
        tree(candidate, ["x"], answer=True)
    except Wrong as error:
        return str(error)
    return ""


def test_hostile_texts_get_a_verdict_and_run_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = [read(candidate) for candidate in HOSTILE]  # SymPy loads parts of itself here
    events: list[str] = []
    recording = True
    watched = ("exec", "compile", "import", "open", "subprocess", "os.", "socket", "shutil", "ctypes")

    def hook(event: str, arguments: object) -> None:
        if recording and event.startswith(watched):
            events.append(f"{event} {arguments!r:.80}")

    sys.addaudithook(hook)
    again = [read(candidate) for candidate in HOSTILE]
    answers = [final_answer(candidate) for candidate in HOSTILE]
    compile("1", "control", "eval")  # the hook does see such things
    recording = False
    assert [event.split()[0] for event in events] == ["compile"], events
    assert first == again
    assert len(answers) == len(HOSTILE) > 250
    assert not list(tmp_path.iterdir()), f"{CANARY} was written"


def test_most_hostile_texts_are_refused_and_the_reason_fits_on_a_line() -> None:
    reasons = [read(candidate) for candidate in HOSTILE]
    assert sum(not reason for reason in reasons) < 20
    assert max(map(len, reasons)) < 400


LEAVES = st.one_of(
    st.sampled_from([X, Y, sympy.pi, sympy.E, sympy.I, sympy.Symbol("alpha"), sympy.Symbol("x_1")]),
    st.integers(-30, 30).map(sympy.Integer),
    st.fractions(-5, 5, max_denominator=12).map(lambda q: sympy.Rational(q.numerator, q.denominator)),
)


def _larger(inner: st.SearchStrategy[sympy.Expr]) -> st.SearchStrategy[sympy.Expr]:
    functions = [sympy.sin, sympy.cos, sympy.exp, sympy.sqrt, sympy.Abs, sympy.atan, sympy.cosh, sympy.floor]
    return st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] - p[1]),
        st.tuples(inner, st.integers(-3, 3)).map(lambda p: p[0] ** p[1]),
        st.tuples(st.sampled_from(functions), inner).map(lambda p: p[0](p[1])),
    )


EXPRESSIONS = st.recursive(LEAVES, _larger, max_leaves=6).filter(lambda e: not e.has(sympy.zoo, sympy.nan, sympy.oo))


def same(left: sympy.Expr, right: sympy.Expr) -> bool:
    """Equal as built, or to 30 digits at a point: SymPy sorts products and joins roots as it builds."""
    if left == right:
        return True
    place = {symbol: sympy.Rational(i + 3, 7) for i, symbol in enumerate(sorted(left.free_symbols, key=str))}
    return bool(abs(sympy.N((left - right).subs(place), 30, maxn=200)) < 1e-15 * (1 + abs(sympy.N(left.subs(place)))))


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_what_sympy_prints_is_read_back(value: sympy.Expr) -> None:
    assert same(expression(str(value)), value)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_the_latex_that_sympy_prints_is_read_back(value: sympy.Expr) -> None:
    assert same(expression(sympy.latex(value)), value)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_a_tree_as_text_says_the_same(value: sympy.Expr) -> None:
    said = tree(str(value))
    assert same(expression(text(said)), value)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="xy123+-*/^()[]{}|,.=<>! \\$&_%sincofrtleg\u222a√π±", max_size=40))
def test_any_text_is_read_or_refused(candidate: str) -> None:
    assert len(read(candidate)) < 400


@settings(max_examples=100, deadline=None)
@given(st.integers(-99, 99), st.integers(1, 99), st.integers(-9, 9))
def test_rational_arithmetic_is_exact(top: int, bottom: int, power: int) -> None:
    if top == 0 and power < 0:
        return
    written = f"({top}/{bottom})^{power} - 1/7"
    value = exact(tree(written), Bounds())
    assert value is not None
    assert sympy.Rational(value.numerator, value.denominator) == sympy.Rational(top, bottom) ** power - sympy.Rational(
        1, 7
    )


# symbols


def test_declared_symbols_keep_their_assumptions() -> None:
    positive = sympy.Symbol("p", positive=True)
    assert expression("sqrt(p^2)", {"p": {"positive": True}}) == positive
    assert expression("sqrt(p^2)", {"p": positive}) == positive


def test_a_name_that_is_not_declared_is_refused_with_those_that_are() -> None:
    with pytest.raises(Wrong, match="the symbols here are: n, x"):
        expression("x + y", ["x", "n"])


def test_words_of_declared_letters_are_products() -> None:
    assert expression("2xy", ["x", "y"]) == 2 * X * Y
    with pytest.raises(Wrong, match="not known"):
        expression("2xz", ["x", "y"])


def test_a_declared_e_is_a_symbol() -> None:
    assert expression("e^2", ["e"]) == sympy.Symbol("e") ** 2


def test_x1_and_x_1_are_the_same_declared_symbol() -> None:
    assert expression("x_1 + x_{1} + x1", ["x1"]) == 3 * sympy.Symbol("x1")


def test_a_declared_function_is_applied() -> None:
    y = sympy.Function("y")
    assert expression("y(x) + 1", {"y": y, "x": X}) == y(X) + 1
    with pytest.raises(Wrong, match="is a function"):
        expression("y + 1", {"y": y, "x": X})


def test_a_bound_variable_need_not_be_declared() -> None:
    assert expression("Sum(k*n, (k, 1, n))", ["n"], allow=["Sum"]) == sympy.Sum(
        sympy.Symbol("k") * N, (sympy.Symbol("k"), 1, N)
    )
    with pytest.raises(Wrong, match="'k' is not known"):
        expression("k + Sum(k, (k, 1, n))", ["n"], allow=["Sum"])


# bounds


@pytest.mark.parametrize(
    ("candidate", "bounds"),
    [
        ("x + y", Bounds(characters=4)),
        ("x + y", Bounds(nodes=2)),
        ("((((x))))", Bounds(depth=3)),
        ("-" * 10 + "x", Bounds(depth=5)),
        ("123", Bounds(digits=2)),
        ("x^9", Bounds(exponent=8)),
        ("2^99", Bounds(bits=50)),
        ("9!", Bounds(argument=8)),
    ],
)
def test_each_bound_refuses_what_is_past_it(candidate: str, bounds: Bounds) -> None:
    assert expression(candidate) is not None
    with pytest.raises(Wrong, match="at most|more than|larger|too long|nested"):
        expression(candidate, bounds=bounds)


@pytest.mark.parametrize(
    "candidate", ["x**1000", "2**1000", "(1+1/n)**n", "100!", "exp(-x**2/2)", "binomial(1000, 500)"]
)
def test_ordinary_large_things_are_within_the_bounds(candidate: str) -> None:
    assert expression(candidate) is not None


@pytest.mark.parametrize(
    "candidate",
    [
        "e^((x + 3) ln(4.000000001))",
        "exp(log(log(2^34, 2)))",
        "exp(x + exp(2 log(x + 5)) - (x + 5)(x + 5))",
        "binomial(2(x + (x + 4)^2 - (x + 4)(x + 4)), x)",
    ],
)
def test_what_stays_small_is_read(candidate: str) -> None:
    assert tree(candidate, ["x"])


@pytest.mark.parametrize(
    "candidate",
    [
        "exp(10^5 log(2))",
        "e^(10^6 ln(2))",
        "exp((x - x + 10^6) log(3))",
        "exp(exp(20 log(2)) log(2))",
        "exp(10^3 log(2)/log(1.000000001))",
        "log(2, 1.0000000001)!",
        "2^log(2, 1 + 10^-9)",
        "2^exp(20 log(2))",
    ],
)
def test_what_may_grow_under_a_logarithm_is_refused(candidate: str) -> None:
    with pytest.raises(Wrong, match="smaller"):
        tree(candidate, ["x"])
