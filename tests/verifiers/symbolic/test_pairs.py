"""The generator of benchmark pairs: seeded, its texts mean what its formulas are, its labels are right."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random

import mpmath
import pytest
import sympy

from benchmarks.families import FAMILIES
from benchmarks.formulas import Apply, Name, Number, call, num, places, power, symbols, value
from benchmarks.pairs import CHANGES, are_equal, pairs, rewritten
from benchmarks.spelling import Style, text
from refine.verifiers.symbolic.read import expression

X = Name("x")


def test_the_same_seed_gives_the_same_pairs() -> None:
    assert list(pairs(7, 12)) == list(pairs(7, 12))
    assert list(pairs(7, 12)) != list(pairs(8, 12))


def test_families_and_labels_come_in_turns() -> None:
    found = Counter((pair.family, pair.equal) for pair in pairs(1, 12))
    assert found == dict.fromkeys(((family, equal) for family in FAMILIES for equal in (True, False)), 2)


@pytest.mark.parametrize("family", FAMILIES)
def test_identities_hold_on_the_familys_domain(family: str) -> None:
    chance = Random(3)
    for _ in range(20):
        drawn = FAMILIES[family].drawn(chance)
        assert are_equal(drawn, rewritten(drawn, FAMILIES[family], chance)[0], FAMILIES[family].over, chance) in (
            True,
            None,
        )


@pytest.mark.parametrize("latex", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_text_has_the_formulas_value(family: str, latex: bool) -> None:  # noqa: FBT001 - a parameter of a test
    chance = Random(5)
    for _ in range(10):
        formula, _ = rewritten(FAMILIES[family].drawn(chance), FAMILIES[family], chance)
        said = text(formula, Style(latex, star_star=chance.random() < 0.5, juxtaposed=chance.random() < 0.5))
        names = symbols(formula)
        tree = expression(said, {name: {"positive": True} for name in names})
        at = {name: mpmath.mpf(chance.randint(2, 5)) for name in names}
        there = complex(sympy.N(tree.subs({s: int(at[s.name]) for s in tree.free_symbols}), 20))
        assert there == pytest.approx(complex(value(formula, at)), rel=1e-9), said


def test_equal_and_almost_equal_are_told_apart() -> None:
    chance = Random(1)
    one = power(call("sin", X), 2)
    other = Apply("+", (num(1), Apply("-", (power(call("cos", X), 2),))))
    almost = Apply("+", (other, num(Fraction(1, 10**9))))
    assert are_equal(one, other, "real", chance) is True
    assert are_equal(one, almost, "real", chance) is False


def test_what_has_no_value_is_no_pair() -> None:
    zero = Apply("+", (power(call("sqrt", num(2)), 4), Apply("-", (num(4),))))
    assert are_equal(Apply("/", (num(1), zero)), num(3), "real", Random(1)) is None


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_changes_one_place(change: str) -> None:
    chance = Random(2)
    formula = Apply("+", (power(call("sin", X), 3), Apply("-", (num(5),))))
    news = [CHANGES[change](part, chance) for _, part in places(formula)]
    assert any(new is not None for new in news)
    assert all(isinstance(new, Apply | Number) for new in news if new is not None)
