"""Formulas with free constants: what is read, what is fitted, and what is measured."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import CandidateError, MissingExtra, Wrong
from refine.verifiers import regression
from refine.verifiers.answers import Proved, Refuted, Undecided
from refine.verifiers.exact import Bounds
from tests.tasks.fake import FakeCandidate

X = np.linspace(-1.0, 2.0, 60)
V = np.cos(3.0 * X)


def problem(target: Any, **more: Any) -> regression.Problem:
    def data(x: Any, v: Any) -> regression.Data:
        return regression.Data({"x": x, "v": v}, target(x, v))

    tests = {"in domain": data(X + 0.01, V), "out of domain": data(X + 3.0, V - 1.0)}
    return regression.Problem(("x", "v"), data(X, V), tests, **more)


@given(
    st.sampled_from(["x + 2*v", "-x**3/4", "exp(-x*x)*v", "abs(x - v)**0.5", "sin(x)*cos(v) + tanh(x)", "+x - -v", "7"])
)
@settings(max_examples=10, deadline=None)
def test_values_are_numpys(text: str) -> None:
    names = {name: getattr(np, name) for name in ("exp", "sin", "cos", "tanh")} | {"abs": np.abs, "x": X, "v": V}
    want = eval(text, {"__builtins__": {}}, names)  # noqa: S307 - texts of this test
    assert np.allclose(regression.read(text, ("x", "v")).values({"x": X, "v": V}, []), want)


def test_constants_have_names_or_are_one_each_time() -> None:
    assert regression.read("c3*x + c0*x + c3", ("x",)).constants == ("c0", "c3")
    free = regression.read("C*x + C*c0 + C", ("x",))
    assert free.constants == ("c0", "c1", "c2", "c3")
    assert np.allclose(free.values({"x": X}, [10.0, 1.0, 2.0, 3.0]), X + 20.0 + 3.0)
    assert regression.read("c0 + x", ("x", "c0")).constants == ()


def test_complexity_counts_names_numbers_and_operators() -> None:
    assert [regression.read(t, ("x",)).complexity for t in ("x", "x + 1", "-x", "sin(x)", "C*sin(x)**2")] == [
        1,
        3,
        2,
        2,
        6,
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("x.real", "attributes"),
        ("np.sin(x)", "only these may be called"),
        ("sin(x, x)", "with one argument"),
        ("sin(x=x)", "with one argument"),
        ("gamma(x)", "only these may be called"),
        ("sin", "the name 'sin' is not known"),
        ("y", "the name 'y' is not known here; known: x"),
        ("c100", "not known"),
        ("[1][0]", "tables"),
        ("x if x else 1", "conditions"),
        ("x < 1", "conditions"),
        ("x @ x", "MatMult"),
        ("x // 2", "FloorDiv"),
        ("~x", "Invert"),
        ("True", "plain numbers"),
        ("'x'", "plain numbers"),
        ("1j", "plain numbers"),
        ("1e400", "too large"),
        ("9" * 500, "too large"),
        ("(x, x)", "a tuple"),
        ("x = 1", "not one Python expression"),
        ("(" * 500 + "x" + ")" * 500, "not one Python expression"),
        ("-" * 100 + "x", "nested too deeply"),
        ("*".join(["x"] * 35), "nested too deeply"),
        ("+".join(f"C*x**{k}" for k in range(17)), "17 free constants"),
        ("x" * 3000, "characters"),
        ("\u0445", "ASCII"),
    ],
)
def test_what_is_refused_says_why(text: str, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        regression.read(text, ("x",), bounds=Bounds(depth=30))


def test_powers_of_powers_are_floats_not_bombs() -> None:
    assert np.isinf(regression.read("9**9**9**9", ("x",)).values({"x": X}, [])).all()


def test_the_true_form_is_fitted_exactly_and_on_unseen_data() -> None:
    fit = regression.formula("c0*sin(c1*x) + c2*v**3", problem(lambda x, v: 2.5 * np.sin(1.5 * x) - 0.25 * v**3))
    assert fit.constants["c2"] == pytest.approx(-0.25)
    assert abs(fit.constants["c0"] * fit.constants["c1"]) == pytest.approx(3.75)
    assert fit.train < 1e-20
    assert max(fit.tests.values()) < 1e-20


def test_a_wrong_form_is_worse_where_it_was_not_fitted() -> None:
    fit = regression.formula("C + C*x + C*x**2", problem(lambda x, v: np.exp(x) + 0 * v))
    assert 1e-6 < fit.train < fit.tests["out of domain"]
    assert "out of domain" in fit.feedback
    assert "x = 5" in fit.feedback


def test_the_error_is_relative_to_the_variance() -> None:
    target = np.array([1.0, 2.0, 3.0, 6.0])
    assert regression.nmse(np.full(4, 3.0), target) == pytest.approx(1.0)
    assert regression.nmse(target, target) == 0.0
    assert regression.nmse(np.full(4, 1e300), target) == 1e300


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=20, deadline=None)
def test_linear_constants_are_found_from_anywhere(a: float, b: float, c: float) -> None:
    fit = regression.formula("C*x + C*v + C", problem(lambda x, v: a * x + b * v + c + 0.01 * x**2))
    matrix = np.stack([X, V, np.ones_like(X)], axis=1)
    want = np.linalg.lstsq(matrix, a * X + b * V + c + 0.01 * X**2, rcond=None)[0]
    assert np.allclose(list(fit.constants.values()), want, atol=1e-6)


def test_the_same_formula_gives_the_same_fit() -> None:
    made = problem(lambda x, v: np.tanh(2 * x) * v)
    one, other = (regression.formula("C*sin(C*x)*v + C*exp(C*x)", made) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("text", ["log(x)", "x/0", "1/(x - x)", "C/0", "exp(exp(9 + x*x))", "(x - 3)**0.5"])
def test_what_is_not_finite_is_refused_with_a_point(text: str) -> None:
    with pytest.raises(Wrong, match=r"not finite on the .*data.* at x = "):
        regression.formula(text, problem(lambda x, v: x * v))


def test_a_formula_may_be_undefined_for_some_constants_on_the_way() -> None:
    fit = regression.formula("c0*log(c1 + x)", problem(lambda x, v: np.log(x + 1.5) + 0 * v))
    assert fit.constants["c1"] == pytest.approx(1.5, abs=1e-6)


def test_a_target_that_is_constant_is_an_error_of_the_problem_not_of_numpy() -> None:
    fit = regression.formula("C*x", problem(lambda x, v: x + 0 * v, most_constants=1))
    assert fit.constants == {"c0": pytest.approx(1.0)}


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(MissingExtra, match=r"refine-search\[regression\]"):
        regression.formula("C*x", problem(lambda x, v: x * v))


PROGRAM = """
import numpy as np

def f(x, v, params):
    return params[0] * np.sin(params[1] * x) + params[2] * v
"""


def test_a_program_is_fitted_over_the_wall_in_batches() -> None:
    class Counted(FakeCandidate):
        batches = 0

        def map(self, function: str, items: Any) -> list[Any]:
            Counted.batches += 1
            return super().map(function, items)

    candidate: Any = Counted(PROGRAM)
    fit = regression.program(candidate, "f", problem(lambda x, v: 2.0 * np.sin(0.5 * x) - v), constants=3)
    assert max(fit.tests.values()) < 1e-15
    assert fit.constants["params[2]"] == pytest.approx(-1.0)
    assert Counted.batches < 6 * (2 * 60 + 2)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("return 'x'", Wrong),
        ("return x[:5]", Wrong),
        ("return [[1.0], [1.0, 2.0]]", Wrong),
        ("return x > 0", Wrong),
        ("return 1 / 0", CandidateError),
        ("return np.log(x - 9)", (Wrong, CandidateError)),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_a_program_may_not_answer(body: str, error: Any) -> None:
    candidate: Any = FakeCandidate(f"import numpy as np\n\ndef f(x, v, params):\n    {body}\n")
    with pytest.raises(error):
        regression.program(candidate, "f", problem(lambda x, v: x * v))


@given(st.integers(-40, 40), st.integers(1, 12), st.floats(-1e-6, 1e-6))
def test_a_constant_is_rounded_to_the_simplest_fraction(top: int, bottom: int, off: float) -> None:
    from fractions import Fraction

    assert regression.fit.simplest(top / bottom + off, 1e-5) == Fraction(top, bottom)


def test_recovery_is_decided_symbolically() -> None:
    found = regression.read("c0*sin(x) + c1*x*(x + 1)", ("x",))
    right = regression.recovered(found, {"c0": 0.8000000001, "c1": -0.5}, "4/5*sin(x) - x**2/2 - x/2")
    wrong = regression.recovered(found, {"c0": 0.81, "c1": -0.5}, "4/5*sin(x) - x**2/2 - x/2")
    assert isinstance(right, Proved | Undecided)
    assert isinstance(wrong, Refuted | Undecided)
