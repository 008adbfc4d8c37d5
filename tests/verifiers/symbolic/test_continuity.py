"""Continuity and analyticity on a domain: what is shown, what is not, and that no jump is ever taken for none."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.verifiers.answers import Proved, Refuted, Undecided
from refine.verifiers.symbolic.continuity import analytic, continuous
from refine.verifiers.symbolic.cover import nonnegative, positive
from refine.verifiers.symbolic.domain import Domain, Domains, Real, symbols
from refine.verifiers.symbolic.domain import nonnegative as from_zero
from refine.verifiers.symbolic.guards import At
from refine.verifiers.symbolic.intervals import enclosed, enclosing
from refine.verifiers.symbolic.jumps import jump
from refine.verifiers.symbolic.numeric import precision
from refine.verifiers.symbolic.read import expression
from refine.verifiers.symbolic.zeros import nowhere_zero, zeros
from tests.verifiers.symbolic.test_claims import decide

R = Real()
HALF = Fraction(1, 2)


def read(text: str, domain: Domain = R) -> tuple[Any, Domains]:
    over: Domains = (("x", domain),)
    return expression(text, symbols(over)), over


# ---- intervals, and covering a domain with them ----------------------------------------------------------------------

leaves = st.sampled_from(["x", "x", "2", "-3", "1/2", "pi"])
formulas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
        st.tuples(st.sampled_from(["exp", "log", "sqrt", "atan", "sin", "cos", "tan", "Abs", "sinh", "gamma"]), inner)
        .map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, st.sampled_from([2, 3, -1, -2])).map(lambda t: f"({t[0]})^({t[1]})"),
    ),
    max_leaves=5,
)  # fmt: skip


@given(formulas, st.fractions(-8, 8, max_denominator=64), st.fractions(0, 4, max_denominator=64), st.integers(0, 8))
@settings(max_examples=150, deadline=None)
def test_an_enclosure_holds_every_value(text: str, low: Fraction, width: Fraction, eighth: int) -> None:
    try:
        formula, _ = read(text)
    except Exception:  # noqa: BLE001 - what cannot be read, such as 1/0, is no case
        return
    with precision(64):
        function = enclosing(formula)
        boxes = [((low, low + width),), ((low, None),), ((None, low + width),), ((None, None),)]
        at = low + width * eighth / 8
        value = enclosed(function, ["x"], ((at, at),))
        found = [enclosed(function, ["x"], box) for box in boxes]
    for bounds in found:
        if bounds is not None and value is not None:
            assert not bounds[0] > value[1]
            assert not bounds[1] < value[0]


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("x+1/2+exp(2*x)/2", Real(-HALF, open_low=True)),
        ("2*log(x)+4", Real(HALF)),
        ("log(log(x))", Real(3)),
        ("tan(x)-sqrt(2*tan(x))+1", Real(0, Fraction(3, 2))),
        ("(x-1)^2+sin(x)^2+1/1000", R),
        ("1/cos(x)+tan(x)", Real(Fraction(-3, 2), Fraction(3, 2))),
    ],
)
def test_what_is_positive_on_half_a_line(text: str, domain: Domain) -> None:
    assert positive(*read(text, domain))


@pytest.mark.parametrize(
    ("text", "domain"),
    [("x", from_zero()), ("x", R), ("1/x", R), ("log(x)", Real(0)), ("x-sin(x)", Real(0)), ("tan(x)+2", Real(0, 2))],
)
def test_what_is_not_positive_everywhere_is_not_shown_to_be(text: str, domain: Domain) -> None:
    assert not positive(*read(text, domain))


def test_zero_at_an_end_is_not_below_zero() -> None:
    formula, over = read("exp(x)-1", from_zero())
    assert nonnegative(formula, over)
    assert not positive(formula, over)


# ---- zeros -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "domain", "found"),
    [
        ("x+1", R, {"-1"}),
        ("Abs(x+1)", R, {"-1"}),
        ("log(log(x))", R, {"E"}),
        ("log(log(x))", Real(3), set()),
        ("2*log(x)+4", Real(0), {"exp(-2)"}),
        ("exp(2*x)-3*exp(x)+2", R, {"0", "log(2)"}),
        ("exp(x)+2", R, set()),
        ("x^2-sqrt(2)*x+1", R, set()),
        ("x^2-2*sqrt(2)*x+2", R, {"sqrt(2)", "-sqrt(2)"}),  # the norm adds one
        ("sin(x)", Real(-4, 4), {"0", "pi", "-pi"}),
        ("x+sqrt(x^2+1)", R, set()),
        ("pi*x-1", R, {"1/pi"}),
    ],
)
def test_zeros(text: str, domain: Domain, found: set[str]) -> None:
    formula, over = read(text, domain)
    assert set(zeros(formula, over) or ()) == {sympy.sympify(value) for value in found}
    assert nowhere_zero(formula, over) == (not found)


@pytest.mark.parametrize("text", ["x-exp(x)", "cos(x/2)", "x*sin(x)", "floor(x)", "zeta(x)"])
def test_zeros_that_are_not_known_are_not_thought_to_be_none(text: str) -> None:
    formula, over = read(text)
    assert zeros(formula, over) is None
    assert not nowhere_zero(formula, over)


@given(st.lists(st.fractions(-9, 9, max_denominator=9), min_size=1, max_size=3), st.sampled_from(["", "+sqrt(x^2+1)"]))
@settings(max_examples=30, deadline=None)
def test_every_root_of_a_product_is_among_the_zeros(roots: list[Fraction], factor: str) -> None:
    product = "*".join(f"(x-({root}))" for root in roots)
    formula, over = read(f"{product}*(x{factor}+20)")
    found = zeros(formula, over)
    assert found is not None
    assert {sympy.Rational(root.numerator, root.denominator) for root in roots} <= set(found)


# ---- guards ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "beside", "domain"),
    [
        ("log(Abs(x))", "1/x", R),
        ("log(x)", "1/x", R),
        ("11*log(x-2)/3-2*log(x+1)/3", "(3*x+5)/(x^2-x-2)", R),
        ("exp(x)*(1-cos(x))/sin(x)", "exp(x)*(1+sin(x))/(1+cos(x))", Real(-3, 3)),
        ("(x^2-1)/(x-1)", "1", R),
        ("Abs(x)", "sign(x)", R),
        ("sqrt(Abs(x))", "1", R),
        ("tan(x)", "1/cos(x)^2", R),
        ("-I*log(exp(x)-I)/2", "1", R),
        ("2*sqrt(exp(x)-1)-2*atan(sqrt(exp(x)-1))", "sqrt(exp(x)-1)", Real(0, open_low=True)),
        ("asin(x)", "1/sqrt(1-x^2)", Real(-1, 1)),
    ],
)
def test_what_is_continuous_where_its_derivative_is_defined(text: str, beside: str, domain: Domain) -> None:
    formula, over = read(text, domain)
    assert continuous(formula, over, read(beside, domain)[0]) is None


JUMPING = [
    *("atan(1/x)", "acot(x)", "sign(x)", "floor(x)", "arg(x)", "im(log(x))", "Abs(x)/x", "x/sqrt(x^2)", "atan(tan(x))"),
    *("exp(1/x)", "1/(1+exp(1/x))", "Heaviside(x)", "frac(x)", "Mod(x,3)", "(-1)^floor(x)", "log(exp(I*x))", "asec(x)"),
    *("atan2(x,-1)", "(x^3)^(1/3)/x", "sqrt(x)*sqrt(1/x)", "log(-x)-log(x)", "acoth(x)", "zeta(x)", "LambertW(x,-1)"),
    *("atanh(x)", "Max(x,0)/x", "KroneckerDelta(x,1)", "li(x)", "asech(x)", "acsch(x)", "tanh(1/x)"),
]


@pytest.mark.parametrize("text", JUMPING)
def test_what_may_jump_has_a_guard_that_says_where(text: str) -> None:
    formula, over = read(text)
    found = continuous(formula, over)
    assert found is not None
    assert str(found.expr)[:10] in found.feedback()
    assert analytic(formula, over)[0] is not None


@pytest.mark.parametrize("text", ["Abs(x)", "sqrt(x^2)", "Max(x,-x)", "sqrt(x)", "asin(x)", "x*Abs(x)", "x^(5/2)"])
def test_a_kink_is_continuous_and_not_analytic(text: str) -> None:
    formula, over = read(text)
    assert continuous(formula, over) is None
    broken = analytic(formula, over)[0]
    assert broken is not None
    assert broken.at is At.KINK


def test_poles_are_told() -> None:
    assert analytic(*read("tan(x)")) == (None, True)
    assert analytic(*read("tan(x)", Real(-1, 1))) == (None, False)


def test_a_jump_at_a_closed_end_counts() -> None:
    assert analytic(*read("1+4*sign(x)", Real(0)))[0] is not None
    assert analytic(*read("x*log(x)", Real(0)))[0] is None


# ---- jumps -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "slope"),
    [("atan(x+1)+atan(1/(x+1))", "0"), ("2/sqrt(3)*atan(tan(x/2)/sqrt(3))", "1/(2+cos(x))"), ("floor(x)+x", "1")],
)
def test_a_jump_is_shown(text: str, slope: str) -> None:
    formula, over = read(text)
    found = jump(formula, read(slope)[0], over)
    assert isinstance(found, Refuted)
    assert "jumps" in found.feedback()


@pytest.mark.parametrize(
    ("text", "slope"), [("x^2", "2*x"), ("log(Abs(x))", "1/x"), ("tan(x)", "1/cos(x)^2"), ("Abs(x)", "sign(x)")]
)
def test_what_does_not_jump_is_not_said_to(text: str, slope: str) -> None:
    formula, over = read(text)
    assert jump(formula, read(slope)[0], over) is None


PARTS = [
    "atan({u})+atan(1/({u}))",
    "acot({u})+atan({u})",
    "arg({u})",
    "im(log({u}))",
    "log({u})-log(-({u}))",
    "(({u})^2)^(1/2)/({u})",
    "(({u})^3)^(1/3)/({u})",
    "sign({u})",
    "log(({u})^2)-2*log({u})",
    "atan2({u},0)",
]
inside = st.tuples(
    st.integers(1, 9), st.fractions(-20, 20, max_denominator=50), st.sampled_from(["{a}*x+{b}", "{a}*x^3+{b}"])
).map(lambda t: t[2].format(a=t[0], b=t[1]))
SMOOTH = [("x^2", "2*x"), ("exp(x)*sin(x)", "exp(x)*(sin(x)+cos(x))"), ("atan(x)", "1/(1+x^2)"), ("x", "1")]


@given(st.sampled_from(PARTS), inside, st.sampled_from(SMOOTH), st.sampled_from(["1", "1/10^9", "-3"]))
@settings(max_examples=15, deadline=None)
def test_an_antiderivative_with_a_jump_is_never_proved(part: str, u: str, base: tuple[str, str], size: str) -> None:
    formula = f"{base[0]} + {size}*({part.format(u=u)})"
    found = decide("antiderivative_of", base[1], formula, {"x": R})
    assert isinstance(found, Refuted | Undecided), formula


@given(st.sampled_from(PARTS[:5]), inside)
@settings(max_examples=10, deadline=None)
def test_a_solution_with_a_jump_is_never_proved(part: str, u: str) -> None:
    found = decide("solves_ode", "Derivative(y(x),x)=0", part.format(u=u), {"x": R}, initial={})
    assert isinstance(found, Refuted | Undecided)


@pytest.mark.parametrize(
    ("equation", "answer", "initial", "kind"),
    [
        ("Derivative(y(x),x)=1+y(x)^2", "tan(x)", {"0": ["0"]}, Proved),
        ("Derivative(y(x),x)^2=1", "Abs(x-1)", {"0": ["1"]}, Refuted),
        ("x*Derivative(y(x),x)=y(x)", "Abs(x)", {"1": ["1"]}, Undecided),
        ("x*Derivative(y(x),x)=0", "arg(x)", {"1": ["0"]}, Refuted),
        ("Derivative(y(x),x)=y(x)", "exp(x)*(atan(x-3)+atan(1/(x-3))+pi/2+1)", {"0": ["1"]}, Undecided),
    ],
)
def test_differential_equations_between_poles_and_over_kinks(
    equation: str, answer: str, initial: dict[str, list[str]], kind: type
) -> None:
    found = decide("solves_ode", equation, answer, {"x": R}, initial=initial)
    assert isinstance(found, kind), found.feedback()
    assert kind is not Proved or "poles" in found.feedback()
