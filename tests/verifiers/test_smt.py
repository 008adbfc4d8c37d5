"""Z3 on texts: what operators mean (against Python's integers), what is proved and refuted, and what is refused."""

from __future__ import annotations

import ast
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import MissingExtra, TaskError, Wrong
from refine.verifiers import smt
from refine.verifiers.answers import Proved, Refuted, Undecided
from refine.verifiers.exact import Bounds
from refine.verifiers.smt import solver

W, S = smt.BitVec(32), smt.BitVec(32, signed=True)
ONE, TWO = {"x": W}, {"x": W, "y": W}


def value(text: str, sort: smt.Sort, **at: int) -> int:
    """The value that the reader gives a text at a point."""
    z3 = smt.z3()
    names = {name: smt.sorts.variable(name, sort) for name in at}
    term = smt.read(text, names, sort).term
    to = [(names[name], smt.sorts.literal(x, sort)) for name, x in at.items()]
    found = z3.simplify(z3.substitute(term, *to))
    return int(z3.is_true(found)) if z3.is_bool(found) else int(found.as_long())


binary = st.sampled_from(["+", "-", "*", "&", "|", "^", "<", "<=", "==", "!=", ">", ">="])
leaf = st.sampled_from(["x", "y", "1", "7", "200"])
formulas = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.tuples(inner, binary, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["-", "~"]), inner).map(lambda t: f"({t[0]}{t[1]})"),
    ),
    max_leaves=8,
)


def python(node: ast.AST, at: dict[str, int], wrap: Any) -> int:
    """Python's integers, wrapped around after each operation: what a word is."""
    match node:
        case ast.Constant(value=int(number)):
            return int(wrap(number))
        case ast.Name(id=name):
            return int(wrap(at[name]))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return int(wrap(-python(operand, at, wrap)))
        case ast.UnaryOp(operand=operand):
            return int(wrap(~python(operand, at, wrap)))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = python(left, at, wrap), python(right, at, wrap)
            made = {ast.Add: a + b, ast.Sub: a - b, ast.Mult: a * b, ast.BitAnd: a & b, ast.BitOr: a | b}
            return int(wrap({**made, ast.BitXor: a ^ b}[type(op)]))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            a, b = python(left, at, wrap), python(right, at, wrap)
            said = {ast.Lt: a < b, ast.LtE: a <= b, ast.Eq: a == b, ast.NotEq: a != b, ast.Gt: a > b, ast.GtE: a >= b}
            return int(said[type(op)])
    raise AssertionError(ast.dump(node))


@given(formulas, st.integers(0, 255), st.integers(0, 255), st.booleans())
@settings(max_examples=80, deadline=None)
def test_words_are_pythons_integers_wrapped_around(text: str, x: int, y: int, signed: bool) -> None:  # noqa: FBT001
    def wrap(number: int) -> int:
        return (number + 128) % 256 - 128 if signed else number % 256

    want = python(ast.parse(text, mode="eval").body, {"x": x, "y": y}, wrap)
    assert value(text, smt.BitVec(8, signed=signed), x=x, y=y) == want % 256


@given(st.integers(-128, 127), st.integers(-128, 127), st.sampled_from(["x // y", "x % y"]))
@settings(max_examples=80, deadline=None)
def test_division_is_pythons(x: int, y: int, text: str) -> None:
    if y == 0:
        return
    want = x // y if "//" in text else x % y
    assert value(text, smt.BitVec(8, signed=True), x=x % 256, y=y % 256) == want % 256
    assert value(text, smt.Int(), x=x, y=y) == want
    if x >= 0 and y > 0:
        assert value(text, smt.BitVec(8), x=x, y=y) == want


@given(st.integers(0, 255), st.integers(0, 255))
@settings(max_examples=40, deadline=None)
def test_shifts_of_any_count(x: int, n: int) -> None:
    signed = x - 256 if x > 127 else x
    assert value("x << n", smt.BitVec(8), x=x, n=n) == (x << n) % 256
    assert value("x >> n", smt.BitVec(8), x=x, n=n) == value("lsr(x, n)", smt.BitVec(8), x=x, n=n) == x >> n
    assert value("x >> n", smt.BitVec(8, signed=True), x=x, n=n) == (signed >> n) % 256
    assert value("asr(x, n)", smt.BitVec(8), x=x, n=n) == (signed >> n) % 256


@pytest.mark.parametrize(
    ("text", "reference", "sort"),
    [
        ("x & -x", "x & (~x + 1)", W),
        ("(x & y) + ((x ^ y) >> 1)", "x - ((x - y) >> 1) if 0 else (x & y) + (x ^ y) // 2", W),
        ("x // 2", "x >> 1", S),
        ("(x > 0) - (x < 0)", "1 if x > 0 else -(x < 0)", S),
        ("abs(x) * abs(y)", "abs(x * y)", smt.Real()),
        ("(x + y)**2", "x**2 + 2*x*y + y*y", smt.Int()),
        ("max(x, y) + min(x, y)", "x + y", smt.Int()),
        ("x / 2 + x / 2", "x", smt.Real()),
        ("def f(x, y):\n    z = x + y\n    z *= z\n    return z - x*x", "2*x*y + y*y", smt.Int()),
    ],
)
def test_what_is_equal_is_proved(text: str, reference: str, sort: smt.Sort) -> None:
    answer = smt.equivalent(text, reference, {"x": sort, "y": sort})
    assert isinstance(answer, Proved), answer
    words = {W: "all 2^64 inputs", S: "all 2^64 inputs", smt.Int(): "all integers", smt.Real(): "all real numbers"}
    assert words[sort] in answer.how


@pytest.mark.parametrize(
    ("text", "reference", "sort"),
    [
        ("(x + y) >> 1", "(x & y) + ((x ^ y) >> 1)", W),
        ("x + (x == 3405691582)", "x", W),
        ("abs(x)", "x", smt.Int()),
        ("x*x", "x*x*x", smt.Real()),
    ],
)
def test_a_counterexample_is_one(text: str, reference: str, sort: smt.Sort) -> None:
    answer = smt.equivalent(text, reference, {"x": sort, "y": sort})
    assert isinstance(answer, Refuted)
    assert answer.left != answer.right
    if not isinstance(sort, smt.Real):
        at = {name: int(x) for name, x in answer.at.items()}
        assert value(text, sort, **at) == int(answer.left)
        assert value(reference, sort, **at) == int(answer.right)
    assert f"x = {answer.at['x']}" in answer.feedback()


def test_signed_counterexamples_are_written_with_their_sign() -> None:
    answer = smt.equivalent("x", "abs(x)", {"x": S}, given="x < -5")
    assert isinstance(answer, Refuted)
    assert int(answer.at["x"]) < -5
    assert int(answer.left) < 0


def test_a_premise_is_part_of_the_claim() -> None:
    assert isinstance(smt.equivalent("x % 8", "x", ONE, given="x < 8"), Proved)
    assert isinstance(smt.equivalent("x % 8", "x", ONE, given="x < 9"), Refuted)


def test_a_division_by_zero_is_no_value() -> None:
    refuted = smt.equivalent("x * y // y", "x * y // y", {"x": smt.Int(), "y": smt.Int()})
    assert isinstance(refuted, Refuted)
    assert refuted.at["y"] == "0"
    assert "divides by zero" in refuted.feedback()
    assert isinstance(smt.equivalent("x // y * 0", "0", TWO, given="y != 0"), Proved)
    assert isinstance(smt.equivalent("x // y if y != 0 else 0", "0 if y == 0 else x // y", TWO), Proved)
    assert isinstance(smt.holds("y == 0 or x // y <= x", TWO), Proved)
    assert isinstance(smt.holds("x // y <= x or y == 0", TWO), Refuted)
    assert isinstance(smt.equivalent("1/x/x", "1/(x*x)", {"x": smt.Real()}, given="x != 0"), Proved)


def test_properties_hold_or_are_refuted() -> None:
    assert isinstance(smt.holds("x*x >= 0", {"x": smt.Int()}), Proved)
    assert isinstance(smt.holds("x*x + y*y >= 2*x*y", {"x": smt.Real(), "y": smt.Real()}), Proved)
    assert isinstance(smt.holds("x*x >= x", {"x": smt.Int()}), Proved)
    assert isinstance(smt.holds("x*x >= x", {"x": smt.Real()}), Refuted)
    assert isinstance(smt.holds("x + 1 > x", {"x": smt.Int()}), Proved)
    wraps = smt.holds("x + 1 > x", ONE)
    assert isinstance(wraps, Refuted)
    assert wraps.at == {"x": str(2**32 - 1)}
    with pytest.raises(Wrong, match="condition is needed"):
        smt.holds("x + 1", ONE)


NUMBERS = dict.fromkeys(("n", "i", "s"), smt.Int())
SUM = smt.Loop(
    NUMBERS, {"i": "0", "s": "0"}, {"i": "i + 1", "s": "s + i + 1"}, "i < n", "n >= 0", post="2*s == n*(n + 1)"
)


@pytest.mark.parametrize(
    ("text", "fails"),
    [
        ("2*s == i*(i + 1) and i <= n", set()),
        ("2*s == i*(i + 1)", {"sufficiency"}),
        ("i <= n", {"sufficiency"}),
        ("2*s == i*(i - 1) and i <= n", {"consecution", "sufficiency"}),
        ("s >= 1 and 2*s == i*(i + 1) and i <= n", {"initiation", "consecution"}),
        ("2*s == n*(n + 1)", {"initiation", "consecution"}),
        ("s == 0", {"consecution", "sufficiency"}),
    ],
)
def test_an_invariant_is_held_from_the_first_turn_to_the_last(text: str, fails: set[str]) -> None:
    answers = smt.invariant(text, SUM)
    assert list(answers) == ["initiation", "consecution", "sufficiency"]
    assert {name for name, answer in answers.items() if isinstance(answer, Refuted)} == fails
    assert all(isinstance(answer, Proved) for name, answer in answers.items() if name not in fails)


def test_an_invariants_counterexample_is_a_state() -> None:
    broken = smt.invariant("s <= 10", SUM)["consecution"]
    assert isinstance(broken, Refuted)
    n, i, s = (int(broken.at[name]) for name in "nis")
    assert s <= 10 and i < n and s + i + 1 > 10  # noqa: PT018 - one state


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("__import__('os')", "only these may be called"),
        ("x.real", "attributes"),
        ("[x][0]", "tables"),
        ("(x, x)", "a tuple is not allowed"),
        ("'1'", "only integers"),
        ("1.5", "only integers"),
        ("z", "the name 'z' is not known here; known: x"),
        ("x / 2", "`/` is for real numbers"),
        ("x ** x", "exponent must be a plain integer"),
        ("9 ** 9 ** 9", "exponent must be a plain integer"),
        ("x ** 65", "0 to 64"),
        ("4294967296", "more than 32 bits"),
        ("min(x)", "min takes 2"),
        ("max(x, y=x)", "max takes 2"),
        ("(y := x)", "NamedExpr is not allowed"),
        ("x is x", "Is is not allowed"),
        ("for i in x: pass", "write one expression, or one function"),
        ("x; x", "write one expression"),
        ("def f(y):\n    return y", "arguments must be \\(x\\)"),
        ("def f(x):\n    for i in 3: pass\n    return x", "loops"),
        ("def f(x):\n    import os\n    return x", "imports"),
        ("def f(x):\n    if x: return 1\n    return x", "`if` statements"),
        ("def f(x):\n    x = 1", "end with `return`"),
        ("def f(x=1):\n    return x", "plain arguments"),
        ("@f\ndef f(x):\n    return x", "plain arguments"),
        ("(" * 500 + "x" + ")" * 500, "not Python"),
        ("-" * 300 + "x", "nested too deeply"),
        ("<".join(["x"] * 500), "too long"),
        ("x" * 3000, "3000 characters"),
        ("\u0445", "ASCII"),
        ("x\0", "not Python"),
    ],
)
def test_what_is_refused_says_why(text: str, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        smt.equivalent(text, "x", ONE)


def test_a_task_chooses_the_forms() -> None:
    for text, why in (
        ("x if x else 1", "conditions"),
        ("x < 1", "comparisons"),
        ("abs(x)", "nothing"),
        ("not x", "not"),
    ):
        with pytest.raises(Wrong, match=why):
            smt.equivalent(text, "x", ONE, allow=())
    with pytest.raises(Wrong, match="too large"):
        smt.equivalent("x + 1000", "x", {"x": smt.Int()}, bounds=Bounds(digits=3))
    with pytest.raises(Wrong, match="words only"):
        smt.equivalent("x & 1", "x", {"x": smt.Int()})


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(MissingExtra, match=r"z3-solver is not installed: pip install 'refine-search\[smt\]'"):
        smt.equivalent("x", "x", ONE)


def test_inputs_are_of_one_sort() -> None:
    with pytest.raises(TaskError, match="of one sort"):
        smt.equivalent("x", "y", {"x": W, "y": S})
    with pytest.raises(ValueError, match="1 to 128"):
        smt.BitVec(129)


HARD = "(x * x % (x | 12345) * x) % 1000003 == 17 and x * 2654435761 % (x | 99991) == 12345"


def test_what_is_not_decided_in_time_is_undecided() -> None:
    answer = smt.holds(f"not ({HARD})", {"x": smt.BitVec(64)}, seconds=0.2)
    assert isinstance(answer, Undecided)
    assert "limit 0.2 s" in answer.feedback()


def test_a_process_that_overruns_is_killed_and_the_next_question_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(smt.equivalent("x", "x", ONE), Proved)
    before = solver._PROCESS.popen
    assert before is not None
    monkeypatch.setattr(solver, "GRACE_S", -60.0)  # no patience at all
    assert isinstance(smt.holds(f"not ({HARD})", {"x": smt.BitVec(64)}), Undecided)
    assert before.poll() is not None
    monkeypatch.undo()
    assert isinstance(smt.equivalent("x + x", "2 * x", ONE), Proved)


def test_a_long_straight_line_program_is_shared_not_copied() -> None:
    lines = "\n".join("    y = y * y + x" for _ in range(40))
    program = f"def f(x):\n    y = x\n{lines}\n    return y"
    assert isinstance(smt.equivalent(program, program, ONE), Proved)
