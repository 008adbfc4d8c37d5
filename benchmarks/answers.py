"""Pairs of final answers that say the same, or not, as people write them: labels, units, durations, words, rows, sets.

An answer is written from exact values, so whether two say the same is known from the values and never from a text. What
the checker declares to be unclear (`same.py`) is not drawn. Seeded: the same seed gives the same pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

Values = Sequence[Fraction]
Write = Callable[[Values, Random], str]


@dataclass(frozen=True, slots=True)
class Answers:
    """Two texts, whether they say the same, and of what kind they are."""

    kind: str
    given: str
    expected: str
    same: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """How many values such an answer has, two ways of writing them, and what tells two answers apart."""

    count: int
    given: Write
    expected: Write
    whole: bool = False
    means: Callable[[Values], object] = tuple


# ---- numbers ---------------------------------------------------------------------------------------------------------


def number(value: Fraction, chance: Random) -> str:
    """One of the spellings of a number."""
    ways = [f"{value}", f"{value.numerator}/{value.denominator}"]
    if value.denominator == 1:
        whole = int(value)
        ways += [f"{whole}", f"{whole}.0", f"{whole:,}", f"{whole:,}".replace(",", "{,}"), f"0{whole}"]
    else:
        ways += [rf"\frac{{{value.numerator}}}{{{value.denominator}}}"]
        whole, rest = divmod(value, 1)
        ways += [f"{whole} {rest}", rf"{whole}\frac{{{rest.numerator}}}{{{rest.denominator}}}"] if whole else []
    if 10**6 % value.denominator == 0:
        ways.append(f"{float(value):.6f}".rstrip("0").rstrip("."))
    return chance.choice(ways)


def plain(value: Fraction, chance: Random) -> str:
    """A spelling without commas or spaces, for a place in a row."""
    return chance.choice([f"{value}", rf"\frac{{{value.numerator}}}{{{value.denominator}}}"])


def in_base(values: Values, chance: Random) -> str:
    base, rest, digits = chance.randint(2, 9), int(values[0]), ""
    while rest:
        rest, digit = divmod(rest, base)
        digits = f"{digit}{digits}"
    return f"{digits}_{{{base}}}"


# ---- labels and units ------------------------------------------------------------------------------------------------

_LABELS = ["x", "k", "f(2)", "f(x)", "AB", "|AB|", r"\angle ABC", "P(A)", r"\frac{AB}{CD}", "x_1", "a_{37}", "S_{ABC}"]
_UNITS = [
    (("cm", "1"), ("m", "1/100"), ("mm", "10"), ("km", "1/100000")),
    (("minutes", "1"), ("hours", "1/60"), ("s", "60"), ("h", "1/60")),
    (("inches", "1"), ("ft", "1/12"), ("feet", "1/12"), ("yards", "1/36")),
    (("grams", "1"), ("kg", "1/1000"), ("mg", "1000")),
    (("cents", "1"), ("dollars", "1/100")),
]
_TIMES = {"dozen": 12, "thousand": 1000, "million": 10**6, "hundred": 100, "dozen eggs": 12, "million people": 10**6}


def single(values: Values, chance: Random) -> str:
    return number(values[0], chance)


def labelled(values: Values, chance: Random) -> str:
    return f"{chance.choice(_LABELS)}{chance.choice(['=', ' = '])}{number(values[0], chance)}"


def one_label(values: Values, chance: Random) -> str:
    return f"AB = {number(values[0], chance)}"


def measured(kind: int) -> Write:
    def write(values: Values, chance: Random) -> str:
        unit, per = chance.choice(_UNITS[kind])
        return f"{values[0] * Fraction(per)} {unit}"

    return write


def compound(values: Values, chance: Random) -> str:
    hours, minutes = divmod(int(values[0]), 60)
    ways = [f"{hours} h {minutes} min", f"{hours} hours and {minutes} minutes", f"{hours} hr, {minutes} min"]
    return chance.choice(ways)


def duration(values: Values, chance: Random) -> str:
    return chance.choice([f"{values[0]} minutes", f"{values[0] / 60} hours", f"{values[0] * 60} s", f"{values[0]} min"])


def multiplied(values: Values, chance: Random) -> str:
    word, times = chance.choice(list(_TIMES.items()))
    return f"{values[0] / times} {word}"


# ---- rows, points, sets ----------------------------------------------------------------------------------------------


def row(values: Values, chance: Random) -> str:
    shuffled = chance.sample(list(values), len(values))
    said = [plain(value, chance) for value in shuffled]
    ways = [", ".join(said), " and ".join(said), rf"\{{{', '.join(said)}\}}", " or ".join(f"x = {v}" for v in said)]
    return chance.choice([*ways, r" \text{ and } ".join(said), " and ".join(f"x = {v}" for v in said)])


def point(values: Values, chance: Random) -> str:
    said = ", ".join(plain(value, chance) for value in values)
    return chance.choice([f"({said})", rf"\left({said}\right)"])


def assigned(values: Values, chance: Random) -> str:
    """Of labels in the order of the alphabet."""
    said = [plain(value, chance) for value in values]
    labels = chance.choice(["pqr", "xyz", "abc"])
    pairs = [f"{label} = {value}" for label, value in zip(labels, said, strict=False)]
    tuples = f"({','.join(labels[: len(said)])}) = ({','.join(said)})"
    return chance.choice([", ".join(pairs), r" \text{ and } ".join(pairs), tuples, "; ".join(pairs)])


def points(values: Values, chance: Random) -> str:
    pairs = chance.sample([values[:2], values[2:]], 2)
    if chance.random() < 0.3:
        return "; ".join(f"p={a},q={b}" for a, b in pairs)
    return ", ".join(point(pair, chance) for pair in pairs)


def ratio(values: Values, chance: Random) -> str:
    times = chance.randint(1, 5)
    return f"{values[0] * times}:{values[1] * times}"


def one_ratio(values: Values, chance: Random) -> str:
    label = chance.choice(["", "A:B=", "V_{1}:V_{2} = ", r"S_{ABC}:S="])
    return label + ratio(values, chance)


def interval(values: Values, chance: Random) -> str:
    low, high = (plain(value, chance) for value in values)
    ways = [f"[{low}, {high})", f"x \\in [{low}, {high})", f"{low} <= x < {high}", f"{high} > x >= {low}"]
    return chance.choice([*ways, f"x >= {low} and x < {high}", rf"{low} \le f(x) < {high}"])


def _ordered(values: Values) -> tuple[Fraction, ...]:
    return tuple(sorted(values))


def _pairs(values: Values) -> object:
    return frozenset({tuple(values[:2]), tuple(values[2:])})


KINDS = {
    "numbers": Kind(1, single, single),
    "bases": Kind(1, in_base, single, whole=True),
    "a label on one side": Kind(1, labelled, single),
    "a label to be met": Kind(1, single, labelled),
    "a label on both sides": Kind(1, one_label, one_label),
    **{f"units of kind {i}": Kind(1, measured(i), measured(i)) for i in range(len(_UNITS))},
    "durations": Kind(1, compound, duration, whole=True),
    "words that multiply": Kind(1, multiplied, single),
    "rows": Kind(3, row, row, means=_ordered),
    "points": Kind(3, point, point),
    "values of labels": Kind(2, assigned, point),
    "values of labels to be met": Kind(2, point, assigned),
    "several points": Kind(4, points, points, means=_pairs),
    "ratios": Kind(2, one_ratio, ratio, whole=True, means=lambda values: values[0] / values[1]),
    "intervals": Kind(2, interval, interval, means=_ordered),
}


# ---- pairs -----------------------------------------------------------------------------------------------------------


def _drawn(kind: Kind, chance: Random) -> list[Fraction]:
    found: list[Fraction] = []
    while len(found) < kind.count:
        bottom = 1 if kind.whole or chance.random() < 0.6 else chance.choice([2, 3, 4, 5, 7, 8])
        value = Fraction(chance.randint(61, 9000), bottom)
        if value not in found:
            found.append(value)
    return sorted(found) if kind.means is _ordered else found


def _changed(values: list[Fraction], kind: Kind, chance: Random) -> list[Fraction]:
    at, by = chance.randrange(len(values)), chance.choice([Fraction(1), Fraction(-1), Fraction(60)])
    if not kind.whole:
        by /= chance.choice([1, 10, 1000])
    return [value + by if i == at else value for i, value in enumerate(values)]


def _of_tuples(chance: Random, *, same: bool) -> Answers:
    """A tuple is no set, whatever is in it."""
    low, high = sorted(chance.sample(range(1, 99), 2))
    sets = [rf"\{{{low}, {high}\}}", f"{{{high}, {low}}}"]
    given, expected = chance.sample(sets if same else [f"({low}, {high})", chance.choice(sets)], 2)
    return Answers("tuples and sets", given, expected, same)


def answers(seed: int, count: int) -> Iterator[Answers]:
    """`count` pairs that say the same and `count` that do not, in turns, the kinds in turns."""
    chance = Random(seed)
    names = [*KINDS, "tuples and sets"]
    for i in range(2 * count):
        name, same = names[i // 2 % len(names)], i % 2 == 0
        if name not in KINDS:
            yield _of_tuples(chance, same=same)
            continue
        kind = KINDS[name]
        values = _drawn(kind, chance)
        others = values if same else _changed(values, kind, chance)
        if same or kind.means(values) != kind.means(others):
            yield Answers(name, kind.given(values, chance), kind.expected(others, chance), same)
