"""Pairs of texts that say the same, or almost: a formula, the same rewritten by identities, or that with one change.

A label is never taken from how a pair was made: both sides are evaluated by mpmath, at 60 and at 90 digits, at ten
points of the domain, and a pair is kept only if they agree to 39 digits at all of them, or differ at one by more than
1e-25 of their size; points at which the two precisions do not agree do not count. Seeded: the same seed gives the
same pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Literal

import mpmath  # SymPy's own numbers, without stubs

from benchmarks.families import FAMILIES, Family, Over
from benchmarks.formulas import Apply, Formula, Name, Number, add, neg, num, places, power, replaced, symbols, value
from benchmarks.identities import ANYWHERE, Rule
from benchmarks.spelling import Style, text

POINTS = 10
LONGEST = 320  # characters of a side
Notation = Literal["latex", "infix", "mixed"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, whether they are equal on the domain of their symbols, and how the second came from the first."""

    family: str
    left: str
    right: str
    equal: bool
    over: dict[str, Over]
    notation: Notation
    how: tuple[str, ...]


# ---- what is done to them --------------------------------------------------------------------------------------------


def rewritten(f: Formula, family: Family, chance: Random) -> tuple[Formula, tuple[str, ...]]:
    """The formula after two to four identities, two in three of them of its own family, and their names."""
    how: list[str] = []
    for _ in range(chance.randint(2, 4)):
        rule = chance.choice(family.rules if chance.random() < 0.67 else ANYWHERE)
        spots = list(places(f))
        for at, part in chance.sample(spots, len(spots)):
            new = rule(part, chance)
            if new is not None and new != part:
                f = replaced(f, at, new)
                how.append(rule.__name__)
                break
    return f, tuple(how)


def _sign(f: Formula, chance: Random) -> Formula | None:
    if isinstance(f, Apply) and f.head == "-":
        return f.args[0]
    if isinstance(f, Apply) and f.head == "+":
        i = chance.randrange(len(f.args))
        return add(*(neg(arg) if i == j else arg for j, arg in enumerate(f.args)))
    return None


def _by_one(f: Formula, chance: Random) -> Formula | None:
    return num(f.value + chance.choice([1, 1, -1]), f.written) if isinstance(f, Number) and f.value > 1 else None


def _exponent(f: Formula, chance: Random) -> Formula | None:
    if not (isinstance(f, Apply) and f.head == "^" and isinstance(f.args[1], Number)):
        return None
    return power(f.args[0], f.args[1].value + chance.choice([1, 2]))


_SWAPS = {"sin": "cos", "cos": "sin", "tan": "sin", "sinh": "cosh", "cosh": "sinh", "tanh": "sinh", "log": "sqrt",
          "sqrt": "log", "exp": "cosh", "factorial": "gamma"}  # fmt: skip


def _function(f: Formula, chance: Random) -> Formula | None:
    del chance
    return Apply(_SWAPS[f.head], f.args) if isinstance(f, Apply) and f.head in _SWAPS else None


def _billionth(f: Formula, chance: Random) -> Formula | None:
    tiny = Fraction(1, 10**9)
    if isinstance(f, Number) and (f.value * 1000).denominator == 1:
        return num(f.value + tiny, "decimal")
    return add(f, num(tiny, chance.choice(["decimal", "scientific"]))) if isinstance(f, Name) else None


CHANGES: dict[str, Rule] = {
    "a sign": _sign,
    "a coefficient by 1": _by_one,
    "an exponent": _exponent,
    "a function": _function,
    "a number by 1e-9": _billionth,
}


def changed(f: Formula, chance: Random) -> tuple[Formula, str] | None:
    """The formula changed in one place, and what was changed."""
    name = chance.choice(list(CHANGES))
    spots = list(places(f))
    for at, part in chance.sample(spots, len(spots)):
        new = CHANGES[name](part, chance)
        if new is not None:
            return replaced(f, at, new), name
    return None


# ---- whether they are equal ------------------------------------------------------------------------------------------


def _point(names: list[str], over: Over, chance: Random) -> dict[str, Any]:
    if over == "natural":
        return {name: mpmath.mpf(chance.randint(1, 12)) for name in names}
    signs = (1,) if over == "positive" else (1, -1)
    return {name: chance.choice(signs) * mpmath.mpf(chance.randint(100, 3000)) / 977 for name in names}


def _seen(f: Formula, at: dict[str, Any]) -> Any:  # noqa: ANN401 - mpmath's numbers
    """The value to 60 digits; None where there is none, or where 90 digits give another."""
    values = []
    for digits in (60, 90):
        with mpmath.workdps(digits):
            try:
                values.append(value(f, at))
            except (ArithmeticError, ValueError):
                return None
    same = all(map(mpmath.isfinite, values)) and abs(values[0] - values[1]) <= 1e-40 * (1 + abs(values[1]))
    return values[1] if same else None


def are_equal(a: Formula, b: Formula, over: Over, chance: Random) -> bool | None:
    """By the values at ten points, see the module; None where they do not tell."""
    names = symbols(a, b)
    found = []
    for _ in range(POINTS if names else 1):
        at = _point(names, over, chance)
        one, other = _seen(a, at), _seen(b, at)
        if one is not None and other is not None:
            with mpmath.workdps(90):
                found.append(abs(one - other) / (1 + max(abs(one), abs(other))))
    if len(found) < (POINTS - 3 if names else 1):
        return None
    if max(found) < 1e-39:
        return True
    return False if max(found) > 1e-25 else None


# ---- pairs -----------------------------------------------------------------------------------------------------------


def _styles(chance: Random) -> tuple[Style, Style]:
    kinds = chance.choices([(True, True), (False, False), (True, False)], [2, 1, 1])[0]
    one, other = (Style(latex, chance.random() < 0.3, chance.random() < 0.5) for latex in chance.sample(kinds, 2))
    return one, other


def _attempt(name: str, chance: Random, *, equal: bool) -> Pair | None:
    family = FAMILIES[name]
    left = family.drawn(chance)
    right, how = rewritten(left, family, chance)
    if not equal:
        change = changed(right, chance)
        if change is None:
            return None
        right, how = change[0], (*how, change[1])
    if not how or are_equal(left, right, family.over, chance) is not equal:
        return None
    one, other = _styles(chance)
    said, again = text(left, one), text(right, other)
    notations: dict[int, Notation] = {0: "infix", 1: "mixed", 2: "latex"}
    if said == again or max(len(said), len(again)) > LONGEST:
        return None
    return Pair(
        name,
        said,
        again,
        equal,
        dict.fromkeys(symbols(left, right), family.over),
        notations[one.latex + other.latex],
        how,
    )


def pairs(seed: int, count: int) -> Iterator[Pair]:
    """`count` pairs that are equal and `count` that are not, in turns, the families in turns."""
    chance = Random(seed)
    names = list(FAMILIES)
    for number in range(2 * count):
        name = names[number // 2 % len(names)]
        found = None
        while found is None:
            found = _attempt(name, chance, equal=number % 2 == 0)
        yield found
