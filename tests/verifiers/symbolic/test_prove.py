"""Equality: nothing false is proved and nothing true refuted, on the cases where simplifiers err."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.domain import Complex, Domain, Integer, Real, domains, positive, symbols
from refine.verifiers.symbolic.prove import equal
from refine.verifiers.symbolic.read import expression

R, P, C, N = Real(), positive(), Complex(), Integer(0)


def decide(left: str, right: str, **over: Domain) -> Answer:
    return decided(left, right, over, None)


def decided(left: str, right: str, over: Mapping[str, Domain], bits: int | None) -> Answer:
    declared = domains(over)
    sides = [expression(text, symbols(declared)) for text in (left, right)]
    return equal(sides[0], sides[1], declared, numeric_evidence=bits)


TRUE = [
    ("sqrt(x^2)", "x", {"x": P}),
    ("sqrt(x^2)", "Abs(x)", {"x": R}),
    ("sqrt(x^2+2*x+1)", "Abs(x+1)", {"x": R}),
    ("log(x*y)", "log(x)+log(y)", {"x": P, "y": P}),
    ("log(x^2+x)", "log(x)+log(x+1)", {"x": P}),
    ("x/x", "1", {"x": R}),
    ("(x^2-1)/(x-1)", "x+1", {"x": R}),
    ("sin(2*x)", "2*sin(x)*cos(x)", {"x": C}),
    ("tan(x/2)", "(1-cos(x))/sin(x)", {"x": R}),
    ("atan(x)+atan(1/x)", "pi/2", {"x": P}),
    ("atan(tan(x))", "x", {"x": Real(-1, 1)}),
    ("asin(x/sqrt(1+x^2))", "atan(x)", {"x": R}),
    ("2*asin(x)", "acos(1-2*x^2)", {"x": Real(0, 1)}),
    ("asinh(x)", "log(x+sqrt(x^2+1))", {"x": R}),
    ("log(x+sqrt(x^2+1))", "-log(sqrt(x^2+1)-x)", {"x": R}),
    ("4*atan(1/5)-atan(1/239)", "pi/4", {}),
    ("sqrt(5+2*sqrt(6))", "sqrt(2)+sqrt(3)", {}),
    ("cos(pi/7)-cos(2*pi/7)+cos(3*pi/7)", "1/2", {}),
    ("factorial(n)", "gamma(n+1)", {"n": N}),
    ("binomial(n+1,3)", "binomial(n,3)+binomial(n,2)", {"n": N}),
    ("6^n", "2^n*3^n", {"n": N}),
    ("(-1)^(n+1)", "-(-1)^n", {"n": N}),
    ("exp(x*log(2))", "2^x", {"x": C}),
    ("1/(1+sqrt(x))", "(1-sqrt(x))/(1-x)", {"x": P}),
    ("gamma(2*x)", "2^(2*x-1)*gamma(x)*gamma(x+1/2)/sqrt(pi)", {"x": P}),
]

FALSE = [
    ("sqrt(x^2)", "x", {"x": R}),
    ("log(x*y)", "log(x)+log(y)", {"x": C, "y": C}),
    ("log(x^2)", "2*log(x)", {"x": C}),
    ("log(exp(x))", "x", {"x": C}),
    ("(x^a)^b", "x^(a*b)", {"x": C, "a": R, "b": R}),
    ("sqrt(1/x)", "1/sqrt(x)", {"x": R}),
    ("atan(tan(x))", "x", {"x": R}),
    ("asin(sin(x))", "x", {"x": R}),
    ("atan(x)+atan(1/x)", "pi/2", {"x": R}),
    ("atan(x)+atan(y)", "atan((x+y)/(1-x*y))", {"x": R, "y": R}),
    ("(-8)^(1/3)", "-2", {}),
    ("factorial(n)", "gamma(n)", {"n": N}),
    ("floor(x)", "ceiling(x)-1", {"x": R}),
    ("floor(x)+floor(-x)", "-1", {"x": R}),
    ("Abs(x)", "x", {"x": R}),
    ("0^n", "0", {"n": N}),
    ("sqrt(x*y)", "sqrt(x)*sqrt(y)", {"x": R, "y": R}),
    ("exp(pi*sqrt(163))", "262537412640768744", {}),
    ("cos(pi*cos(pi*cos(log(pi+20))))", "-1", {}),
    ("22*pi^4", "2143", {}),
    ("sin(x)", "x", {"x": Real(0, 1)}),
]


@pytest.mark.parametrize(("left", "right", "over"), TRUE)
def test_what_is_equal_is_proved(left: str, right: str, over: dict[str, Domain]) -> None:
    answer = decide(left, right, **over)
    assert isinstance(answer, Proved), answer.feedback()


@pytest.mark.parametrize(("left", "right", "over"), FALSE)
def test_what_differs_is_refuted_at_a_point(left: str, right: str, over: dict[str, Domain]) -> None:
    answer = decide(left, right, **over)
    assert isinstance(answer, Refuted), answer.feedback()
    assert set(answer.at) == set(over)
    assert answer.left != answer.right


def test_rumps_polynomial_in_doubles_is_wrong_and_here_exact() -> None:
    """S. M. Rump's example: doubles give 1.17 where the value is -54767/66192."""
    rump = "333.75*b^6+a^2*(11*a^2*b^2-b^6-121*b^4-2)+5.5*b^8+a/(2*b)".replace("a", "77617").replace("b", "33096")
    assert isinstance(decide(rump, "-54767/66192"), Proved)


@pytest.mark.parametrize("function", ["sin(x)", "x^3-x", "exp(x)", "sqrt(x^2+1)", "1/(x^2+1)"])
@pytest.mark.parametrize("change", ["+1/10^9", "*(1+1/10^9)", "+x/10^9"])
def test_a_change_by_a_billionth_is_refuted(function: str, change: str) -> None:
    assert isinstance(decide(function, f"({function}){change}", x=R), Refuted)


def test_integers_at_which_one_side_does_not_exist_keep_a_proof_back() -> None:
    answer = decide("gamma(n+1)/gamma(n)", "n", n=Integer(-3))
    assert isinstance(answer, Undecided)
    assert "only one side is defined" in answer.feedback()


def test_a_function_with_values_almost_nowhere_is_not_proved_equal() -> None:
    """1/floor(x) exists nowhere on [0, 1), though (x + 1)/floor(x) - x/floor(x) - 1/floor(x) is formally 0."""
    declared = domains({"x": Real(0, 1, open_high=True)})
    x = symbols(declared)["x"]
    answer = equal((x + 1) / sympy.floor(x), x / sympy.floor(x) + 1 / sympy.floor(x), declared)
    assert isinstance(answer, Undecided)


def test_numeric_agreement_counts_only_where_a_task_accepts_it() -> None:
    hard = ("besselj(0,x)*bessely(1,x)-besselj(1,x)*bessely(0,x)", "-2/(pi*x)")
    assert isinstance(decide(*hard, x=P), Undecided)
    accepted = decided(*hard, {"x": P}, 200)
    assert isinstance(accepted, Proved)
    assert "not a proof" in accepted.how
    assert "2^-200" in accepted.how


def test_numeric_evidence_asks_for_all_the_bits() -> None:
    """An almost-integer that agrees to 10^-35 is refuted, whatever numeric evidence is accepted."""
    assert isinstance(decided("cos(pi*cos(pi*cos(log(pi+20))))", "-1", {}, 60), Refuted)


# ---- laws ----

LEAVES = st.sampled_from(["x", "x", "y", "2", "1/3", "5"])


def formulas() -> st.SearchStrategy[str]:
    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pairs = st.tuples(inner, inner)
        return st.one_of(
            pairs.map(lambda p: f"({p[0]}+{p[1]})"),
            pairs.map(lambda p: f"({p[0]}*{p[1]})"),
            pairs.map(lambda p: f"({p[0]}/(1+{p[1]}^2))"),
            inner.map(lambda a: f"sin({a})"),
            inner.map(lambda a: f"atan({a})"),
            inner.map(lambda a: f"sqrt(1+{a}^2)"),
            inner.map(lambda a: f"log(2+{a}^2)"),
        )

    return st.recursive(LEAVES, larger, max_leaves=4)


REWRITINGS = [
    "({e})*(sin({u})^2+cos({u})^2)",
    "({e})+(({u})+1)^2-({u})^2-2*({u})-1",
    "(({e})^2+({e}))/(({e})+1)",
    "({e})*exp({u})*exp(-({u}))",
    "({e})+log(2*(1+({u})^2))-log(2)-log(1+({u})^2)",
    "({e})+sqrt(({u})^4)-({u})^2",
    "({e})+tanh({u})-(exp(2*({u}))-1)/(exp(2*({u}))+1)",
    "({e})*(1+sqrt(2))*(sqrt(2)-1)",
]


@settings(max_examples=40, deadline=None)
@given(formulas(), st.lists(st.tuples(st.sampled_from(REWRITINGS), LEAVES), min_size=1, max_size=2))
def test_rewriting_by_identities_is_never_refuted(formula: str, steps: list[tuple[str, str]]) -> None:
    other = formula
    for rewriting, by in steps:
        other = rewriting.format(e=other, u=by)
    assert not isinstance(decide(formula, other, x=R, y=R), Refuted)


@settings(max_examples=40, deadline=None)
@given(formulas(), st.sampled_from(REWRITINGS), LEAVES, st.sampled_from(["+1/10^9", "-x/10^9", "+sin(y)/10^9"]))
def test_perturbed_by_a_billionth_is_never_proved(formula: str, rewriting: str, by: str, change: str) -> None:
    other = rewriting.format(e=formula, u=by) + change
    assert not isinstance(decide(formula, other, x=R, y=R), Proved)
