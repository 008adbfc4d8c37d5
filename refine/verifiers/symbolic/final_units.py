"""Words after a number: units with their sizes, and words that multiply, such as dozen and million."""

from __future__ import annotations

import re
from fractions import Fraction


def _units() -> dict[str, tuple[str, Fraction]]:
    """Unit -> dimension and factor, for those that are converted. A month has no fixed number of days."""
    table = {
        "length": {"mm": "1/1000", "cm": "1/100", "m": "1", "km": "1000", "inch": "127/5000", "foot": "381/1250"},
        "far": {"yard": "1143/1250", "mile": "201168/125"},
        "time": {"second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800"},
        "calendar": {"month": "1", "year": "12", "decade": "120", "century": "1200"},
        "mass": {"mg": "1/1000", "g": "1", "kg": "1000", "oz": "45359237/1600000", "lb": "45359237/100000"},
        "volume": {"ml": "1/1000", "liter": "1"},
        "money": {"dollar": "1", "cent": "1/100"},
        "angle": {"degree": "1"},
        "share": {"%": "1/100"},
    }
    return {
        name: ("length" if dimension == "far" else dimension, Fraction(factor))
        for dimension, units in table.items()
        for name, factor in units.items()
    }


UNITS = _units()
_SPELLINGS = {
    spelling: unit
    for unit, spellings in {
        "inch": "inches in",
        "foot": "feet ft",
        "yard": "yd",
        "mile": "mi",
        "second": "s sec secs",
        "minute": "min mins",
        "hour": "h hr hrs",
        "year": "yr",
        "century": "centuries",
        "mm": "millimeter",
        "cm": "centimeter",
        "m": "meter metre",
        "km": "kilometer kilometre",
        "g": "gram",
        "kg": "kilogram",
        "mg": "milligram",
        "oz": "ounce",
        "lb": "lbs",
        "liter": "l litre",
        "ml": "milliliter",
        "dollar": "bucks usd",
        "degree": "deg °",
        "mile/hour": "mph",
        "km/hour": "kph kmh",
        "%": "percent pct percentage",
        "^2": "squared",
        "^3": "cubed",
    }.items()
    for spelling in spellings.split()
}
MULTIPLIERS = {
    word: Fraction(value)
    for value, words in {
        "2": "pair pairs couple couples double",
        "12": "dozen dozens",
        "20": "score scores",
        "144": "gross",
        "10": "ten tens",
        "100": "hundred hundreds",
        "1000": "thousand thousands k grand",
        "100000": "lakh lakhs",
        "1000000": "million millions mil mn",
        "10000000": "crore crores",
        "1000000000": "billion billions bn",
        "1000000000000": "trillion trillions tn",
        "1/2": "half halves",
        "1/3": "third thirds",
        "1/4": "quarter quarters fourth fourths",
        "1/5": "fifth fifths",
        "1/6": "sixth sixths",
        "1/8": "eighth eighths",
        "1/10": "tenth tenths",
        "1/100": "hundredth hundredths",
        "1/1000": "thousandth thousandths permille",
        "1/1000000": "millionth millionths",
    }.items()
    for word in words.split()
}
"""Words after a number that change its value. Most name things as well: 3 quarters may be coins."""


def canonical(unit: str) -> str:
    """`Dollars` is dollar, `km / h` km/hour, `square feet` foot^2, `miles per hour` mile/hour; others in lower case."""
    plain = unit.strip(" ~").lower().replace("²", "^2").replace("³", "^3").replace("per cent", "%")
    plain = plain.replace(" per ", "/")
    power = "^2" if plain.startswith(("square ", "sq ")) else "^3" if plain.startswith("cubic ") else ""
    plain = re.sub(r"^(?:square|sq|cubic)\s+", "", plain) + power
    return "/".join(_spelled(part.strip()) for part in plain.split("/"))


def _spelled(word: str) -> str:
    name, caret, power = word.replace(" ", "").partition("^") if "^" in word else (word, "", "")
    for form in (name, name.removesuffix("s"), name.removesuffix("es")):
        if form in _SPELLINGS or form in UNITS:
            return _SPELLINGS.get(form, form) + caret + power
    return name.removesuffix("s") + caret + power if len(name) > 3 else name + caret + power


def factor(unit: str) -> tuple[tuple[str, ...], Fraction] | None:
    """Dimensions and factor to base units of a canonical unit such as `km/hour` or `cm^2`; None for other words."""
    dimensions, total = [], Fraction(1)
    for i, part in enumerate(unit.split("/")):
        name, _, power = part.partition("^")
        if name not in UNITS:
            return None
        dimension, size = UNITS[name]
        dimensions.append(f"{'/' if i else ''}{dimension}{power}")
        total *= size ** (int(power or 1) * (-1 if i else 1))
    return tuple(dimensions), total


def multiplied(words: str) -> tuple[Fraction, str]:
    """The words that multiply at the beginning, and what is left: `dozen eggs` is 12 and `eggs`, `hundred thousand`
    is 100000 and nothing.
    """
    scale, rest = Fraction(1), words.strip()
    while rest:
        first, _, after = rest.partition(" ")
        if first.lower() not in MULTIPLIERS:
            break
        scale, rest = scale * MULTIPLIERS[first.lower()], after.strip().removeprefix("of ")
    return scale, rest
