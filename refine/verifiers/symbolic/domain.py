"""What a symbol ranges over: frozen data, the SymPy symbol that it means, and points at which to look.

All points are exact, and dyadic wherever the bounds allow it, so that ball arithmetic starts from balls of radius zero.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sympy

Bound = int | Fraction | None
Value = tuple[Fraction, Fraction]
"""Real and imaginary part."""

_EXHAUSTIBLE = 64  # integers; a domain no larger than this is looked at in full
_EDGE = Fraction(1, 2**20)
_REAL = [Fraction(n, 2) for n in (0, 2, -2, 1, -1, 4, -4, 3, -3, 6, -6, 20, -20, 200, -200)] + [_EDGE, -_EDGE]
_COMPLEX = [(-2, 0), (0, 1), (0, -1), (-1, 0), (1, 0), (0, 2), (0, -2), (3, 0), (-3, -1), (-3, 1), (40, 9), (0, 0)]


@dataclass(frozen=True, slots=True)
class Real:
    """Real numbers between `low` and `high` (None: unbounded); an end is excluded where it is open."""

    low: Bound = None
    high: Bound = None
    open_low: bool = False
    open_high: bool = False

    def __post_init__(self) -> None:
        _ordered(self.low, self.high)

    def holds(self, value: Fraction) -> bool:
        """Whether `value` is one of them."""
        above = self.low is None or value > self.low or (value == self.low and not self.open_low)
        below = self.high is None or value < self.high or (value == self.high and not self.open_high)
        return above and below


@dataclass(frozen=True, slots=True)
class Integer:
    """The integers from `low` to `high`, both included (None: unbounded)."""

    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        _ordered(self.low, self.high)

    def holds(self, value: Fraction) -> bool:
        """Whether `value` is one of them."""
        within = (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
        return value.denominator == 1 and within


@dataclass(frozen=True, slots=True)
class Complex:
    """All complex numbers."""


Domain = Real | Integer | Complex
Domains = tuple[tuple[str, Domain], ...]
"""Symbol names with what they range over; hashable, so that its points are computed once."""


def positive() -> Real:
    """The real numbers above 0."""
    return Real(low=0, open_low=True)


def nonnegative() -> Real:
    """The real numbers from 0."""
    return Real(low=0)


def _ordered(low: Bound, high: Bound) -> None:
    if low is not None and high is not None and low > high:
        raise ValueError(f"a domain from {low} to {high} is empty: give the lower bound first")


def domains(given: Mapping[str, Domain]) -> Domains:
    """The mapping as hashable data, by name."""
    return tuple(sorted(given.items(), key=lambda item: item[0]))


def symbol(name: str, domain: Domain) -> sympy.Symbol:
    """The SymPy symbol with the assumptions that the domain grants, and no others."""
    import sympy  # noqa: PLC0415 - heavy

    return sympy.Symbol(name, **_assumptions(domain))


def _assumptions(domain: Domain) -> dict[str, bool]:
    if isinstance(domain, Complex):
        return {"complex": True}
    kind = {"integer": True} if isinstance(domain, Integer) else {"real": True}
    return kind | _sign(domain)


def _sign(domain: Real | Integer) -> dict[str, bool]:
    low, high = domain.low, domain.high
    open_low, open_high = (domain.open_low, domain.open_high) if isinstance(domain, Real) else (False, False)
    if low is not None and low >= 0:
        return {"positive": True} if low > 0 or open_low else {"nonnegative": True}
    if high is not None and high <= 0:
        return {"negative": True} if high < 0 or open_high else {"nonpositive": True}
    return {}


def symbols(given: Domains) -> dict[str, sympy.Symbol]:
    """The SymPy symbols of all names."""
    return {name: symbol(name, domain) for name, domain in given}


@dataclass(frozen=True, slots=True)
class Point:
    """Values by name. `generic` points are drawn at random; the others are where formulas like to fail."""

    values: tuple[tuple[str, Value], ...]
    generic: bool

    def texts(self) -> dict[str, str]:
        """The values as text, for a person or a model to try."""
        return {name: text(value) for name, value in self.values}


def text(value: Value) -> str:
    """`3/8`, `-1/2*I` or `3/8 + 1/4*I`."""
    real, imaginary = value
    if not imaginary:
        return str(real)
    return f"{imaginary}*I" if not real else f"{real} + {imaginary}*I"


def finite(given: Domains) -> bool:
    """Whether `points` looks at every point there is."""
    return all(_few(domain) for _, domain in given) and _size(given) <= _EXHAUSTIBLE


def _few(domain: Domain) -> bool:
    return isinstance(domain, Integer) and domain.low is not None and domain.high is not None


def _size(given: Domains) -> int:
    return math.prod(len(_range(domain)) for _, domain in given)


@functools.lru_cache(maxsize=256)
def points(given: Domains, count: int = 40) -> tuple[Point, ...]:
    """At most `count` points of the domains, always the same ones: all of a small finite domain, else random points
    first, then combinations of special ones (bounds, 0, ±1, small integers, branch cuts, large values), then both.
    """
    if finite(given):
        return tuple(_exhausted(given))
    chance = Random(f"{given!r}")
    special = {name: _special(domain) for name, domain in given}
    first = [_generic(given, chance) for _ in range(count * 3 // 8)]
    lone = [_combined(given, special, i, chance) for i in range(count * 3 // 8)]
    rest = [_generic(given, chance) for _ in range(count - len(first) - len(lone))]
    return tuple(dict.fromkeys(first + lone + rest))


def _exhausted(given: Domains) -> Iterator[Point]:
    for chosen in itertools.product(*(_range(domain) for _, domain in given)):
        values = tuple((name, (Fraction(n), Fraction(0))) for (name, _), n in zip(given, chosen, strict=True))
        yield Point(values, generic=True)


def _range(domain: Domain) -> range:
    assert isinstance(domain, Integer)
    assert domain.low is not None
    assert domain.high is not None
    return range(domain.low, domain.high + 1)


def _generic(given: Domains, chance: Random) -> Point:
    return Point(tuple((name, _drawn(domain, chance)) for name, domain in given), generic=True)


def _combined(given: Domains, special: Mapping[str, list[Value]], i: int, chance: Random) -> Point:
    """The i-th special value of one symbol beside special values of the others, by chance after the first ones."""
    values = [
        (name, special[name][i % len(special[name])] if len(given) == 1 or i < 2 else chance.choice(special[name]))
        for name, _ in given
    ]
    return Point(tuple(values), generic=False)


def _special(domain: Domain) -> list[Value]:
    if isinstance(domain, Complex):
        return [(Fraction(re), Fraction(im)) for re, im in _COMPLEX] + [(Fraction(-1), _EDGE), (Fraction(-1), -_EDGE)]
    if isinstance(domain, Integer):
        return [(Fraction(n), Fraction(0)) for n in _first_integers(domain)]
    ends = [end + step for end in (domain.low, domain.high) if end is not None for step in (Fraction(0), _EDGE, -_EDGE)]
    middle = [_mean(domain.low, domain.high)] if domain.low is not None and domain.high is not None else []
    return [(value, Fraction(0)) for value in dict.fromkeys(ends + middle + _REAL) if domain.holds(value)] or [
        (_uniform(domain, Random(0)), Fraction(0))
    ]


def _mean(low: int | Fraction, high: int | Fraction) -> Fraction:
    return Fraction(low + high) / 2


def _first_integers(domain: Integer) -> list[int]:
    if domain.low is not None:
        return [n for n in range(domain.low, domain.low + 24) if domain.holds(Fraction(n))]
    if domain.high is not None:
        return list(range(domain.high, domain.high - 24, -1))
    return [n // 2 if n % 2 == 0 else -(n // 2) - 1 for n in range(24)]


def _drawn(domain: Domain, chance: Random) -> Value:
    if isinstance(domain, Complex):
        return _unbounded(chance), _unbounded(chance)
    if isinstance(domain, Integer):
        return Fraction(_integer(domain, chance)), Fraction(0)
    return _uniform(domain, chance), Fraction(0)


def _integer(domain: Integer, chance: Random) -> int:
    reach = chance.choice((8, 20, 60))
    if domain.low is not None:
        high = domain.low + reach if domain.high is None else min(domain.high, domain.low + 4 * reach)
        return chance.randint(domain.low, high)
    if domain.high is not None:
        return chance.randint(domain.high - reach, domain.high)
    return chance.randint(-reach, reach)


def _unbounded(chance: Random) -> Fraction:
    """A dyadic number of either sign, of the size of one or of a few powers of two around it; never 0."""
    scale = chance.choice((0, 0, 0, 1, 2, 3, -2, -4))
    return Fraction(chance.choice((-1, 1)) * chance.randint(2**11, 2**12), 2**12) * Fraction(2) ** scale


def _uniform(domain: Real, chance: Random) -> Fraction:
    if domain.low is not None and domain.high is not None:
        share = Fraction(chance.randint(1, 2**12 - 1), 2**12)
        return domain.low + (domain.high - domain.low) * share
    if domain.low is not None:
        return domain.low + abs(_unbounded(chance))
    if domain.high is not None:
        return domain.high - abs(_unbounded(chance))
    return _unbounded(chance)
