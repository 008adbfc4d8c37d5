"""Looking for counterexamples: balls that do not overlap, and nothing less."""

from __future__ import annotations

import sympy
from flint import acb, arb

from refine.verifiers.symbolic.domain import Integer, Real, domains, symbols
from refine.verifiers.symbolic.numeric import agreement, disjoint, look, precision

OVER = domains({"x": Real()})
x = symbols(OVER)["x"]


def test_overlapping_or_infinite_balls_refute_nothing() -> None:
    assert not disjoint(acb(arb(1, 0.5)), acb(arb(1.4, 0.5)))
    assert not disjoint(acb(arb.nan()), acb(1))
    assert not disjoint(acb(arb.pos_inf()), acb(1))
    assert disjoint(acb(1), acb(2))


def test_a_refutation_says_where_and_what() -> None:
    refuted = look(sympy.sqrt(x**2), x, OVER).refuted
    assert refuted is not None
    assert sympy.Rational(refuted.at["x"]) < 0
    assert float(refuted.left) == -float(refuted.right)


def test_values_that_differ_late_are_shown_with_as_many_digits() -> None:
    refuted = look(x, x + sympy.Rational(1, 10**9), OVER).refuted
    assert refuted is not None
    assert refuted.left != refuted.right


def test_cancellation_is_followed_to_higher_precision() -> None:
    """exp(pi*sqrt(163)) is 7.5e-13 from an integer of 18 digits: 64 bits do not tell, 256 do."""
    nearly, integer = sympy.exp(sympy.pi * sympy.sqrt(163)), sympy.Integer(262537412640768744)
    assert look(nearly, integer, (), precisions=(64,)).refuted is None
    assert look(nearly, integer, (), precisions=(256,)).refuted is not None


def test_points_without_a_value_are_counted_apart() -> None:
    seen = look(1 / sympy.floor(x), 1 / sympy.floor(x), domains({"x": Real(0, 1, open_high=True)}))
    assert seen.agreed == 0
    seen = look(sympy.gamma(x), sympy.gamma(x), OVER)
    assert seen.agreed >= 20


def test_a_point_at_which_only_one_side_exists_is_reported() -> None:
    over = domains({"n": Integer(-3, 3)})
    n = symbols(over)["n"]
    seen = look(1 / n, sympy.S.One * 5 + n * 0, over, contradicts=lambda a, b: False)
    assert seen.one_sided is not None
    assert seen.one_sided.texts() == {"n": "0"}


def test_agreement_is_to_the_bits_that_were_asked_for() -> None:
    assert agreement(sympy.sin(x) ** 2 + sympy.cos(x) ** 2, sympy.S.One, OVER, 100) is not None
    near = sympy.S.One + sympy.Rational(1, 2**90)
    assert agreement(sympy.sin(x) ** 2 + sympy.cos(x) ** 2, near, OVER, 100) is None
    assert agreement(sympy.sin(x) ** 2 + sympy.cos(x) ** 2, near, OVER, 60) is not None


def test_precision_is_put_back() -> None:
    import flint

    before = flint.ctx.prec
    with precision(777):
        assert flint.ctx.prec == 777
    assert flint.ctx.prec == before
