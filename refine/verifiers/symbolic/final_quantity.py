"""An answer's value and unit, without SymPy: thousands, fractions, mixed numbers, money, percent, degrees, units."""

# ruff: noqa: RUF001 - the very signs that people write

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from refine.verifiers.symbolic.final import unwrapped


@dataclass(frozen=True, slots=True)
class Quantity:
    """An answer taken apart: 12 m/s is "12" and "m/s", $5 is "5" and "dollar", 50% is "50" and "%"."""

    body: str
    unit: str = ""


_UNIT_TEXT = re.compile(
    r"\s*(?:\\[,;: !])*\s*\\(?:text|mathrm|textrm|mbox|rm|textbf)\{\s*([^{}\\]{1,40}?)\s*\.?\}(?:\^\{?([23])\}?)?$"
)
_UNIT_WORD = re.compile(r"(?<=[\d)}])\s*([A-Za-zµ°]{1,20}(?:[/ ][A-Za-z]{1,20}){0,3}(?:\s?\^\s?[23]|[²³])?)$")
_DEGREES = re.compile(r"\s*(?:\^\s*\{?\s*\\circ\s*\}?|\\degree|°)\s*([CF]?)$")
_PRICE = re.compile(r"(?P<sign>[-−]?)\s?(?P<mark>\\\$|US\$|[$€£₹¥])\s?(?=[-\d.])")
_MONEY = {"\\$": "dollar", "$": "dollar", "US$": "dollar", "€": "euro", "£": "pound", "₹": "rupee", "¥": "yen"}


def quantity(text: str) -> Quantity:
    """The answer's value and unit, each as text; the unit in its canonical spelling where it is a common one."""
    body = unwrapped(text)
    if body.endswith("%"):
        return Quantity(body.rstrip("%").rstrip("\\").strip(), "%")
    if match := _PRICE.match(body):
        amount = _with_unit(body[match.end() :].strip()).body
        return Quantity(("-" if match["sign"] else "") + amount, _MONEY[match["mark"]])
    if match := _DEGREES.search(body):
        return Quantity(body[: match.start()].strip(), f"degree{match[1]}")
    return _with_unit(body)


def _with_unit(body: str) -> Quantity:
    match = _UNIT_TEXT.search(body)
    if match and match.start():
        power = f"^{match[2]}" if match[2] else ""
        return Quantity(body[: match.start()].strip(), canonical(match[1].strip() + power))
    match = _UNIT_WORD.search(body)
    value = body[: match.start()].strip() if match else ""
    if match and number(value) is not None and _is_unit(match[1], spaced=body[match.start()] == " "):
        return Quantity(value, canonical(match[1]))
    return Quantity(body)


def _is_unit(word: str, *, spaced: bool) -> bool:
    """`12 apples`, `12cm` and `5 m` have one; `3x`, `5m` and `2 e` have none: a letter may be a symbol."""
    if len(word) == 1 and not spaced:
        return False
    return canonical(word) in UNITS or "/" in word or (spaced and len(word) > 2 and word not in {"sqrt", "and"})


def _units() -> dict[str, tuple[str, Fraction]]:
    """Unit -> dimension and factor, for those that are converted."""
    table = {
        "length": {"mm": "1/1000", "cm": "1/100", "m": "1", "km": "1000", "inch": "127/5000", "foot": "381/1250"},
        "far": {"yard": "1143/1250", "mile": "201168/125"},
        "time": {"second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800"},
        "mass": {"mg": "1/1000", "g": "1", "kg": "1000"},
        "volume": {"ml": "1/1000", "liter": "1"},
        "money": {"dollar": "1", "cent": "1/100"},
        "angle": {"degree": "1"},
        "share": {"%": "1/100", "percent": "1/100"},
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
        "mm": "millimeter",
        "cm": "centimeter",
        "m": "meter metre",
        "km": "kilometer kilometre",
        "g": "gram",
        "kg": "kilogram",
        "mg": "milligram",
        "liter": "l litre",
        "ml": "milliliter",
        "dollar": "bucks usd",
        "degree": "deg °",
        "mile/hour": "mph",
        "km/hour": "kph kmh",
        "%": "percent",
        "^2": "squared",
        "^3": "cubed",
    }.items()
    for spelling in spellings.split()
}


def canonical(unit: str) -> str:
    """`Dollars` is dollar, `km / h` km/hour, `square feet` foot^2, `miles per hour` mile/hour; others in lower case."""
    plain = unit.strip(" ~").lower().replace("²", "^2").replace("³", "^3").replace(" per ", "/")
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


def number(text: str) -> Fraction | None:
    r"""The value of a plain number, exactly: 1,234.5, -3/4, 2 1/2, 2\frac{1}{2}, 1{,}000; None for anything else."""
    plain = text.strip().replace("−", "-")
    if re.fullmatch(r"[-+]?\d{1,200}", plain):
        return Fraction(int(plain))
    if re.fullmatch(r"-?\d{0,200}\.\d{1,200}|-?\d{1,200}\.", plain):
        return Fraction(plain.rstrip("."))
    for pattern, value in _FORMS:
        if match := pattern.fullmatch(plain):
            return value(match)
    return None


def _signed(match: re.Match[str], whole: str, top: str, bottom: str) -> Fraction | None:
    if not int(bottom):
        return None
    value = int(whole or 0) + Fraction(int(top), int(bottom))
    return -value if match["sign"] == "-" else value


def _thousands(match: re.Match[str]) -> Fraction:
    value = Fraction(re.sub(r"[^\d.]", "", match["value"]))
    return -value if match["sign"] == "-" else value


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Fraction | None]], ...] = (
    (
        re.compile(r"(?P<sign>[-+]?)\s?(?P<value>\d{1,3}(?:(?:,|\{,\}|\\!,|,\\!|\\,)\d{3}){1,30}(?:\.\d{1,200})?)"),
        _thousands,
    ),
    (
        re.compile(
            r"(?P<sign>[-+]?)\s?(?:(?P<whole>\d{1,50})(?:\s|\sand\s))?(?P<top>\d{1,200})\s?/\s?(?P<bottom>\d{1,200})"
        ),
        lambda m: _signed(m, m["whole"], m["top"], m["bottom"]) if not m["whole"] or _proper(m) else None,
    ),
    (
        re.compile(
            r"(?P<sign>[-+]?)\s?(?P<whole>\d{0,50})\s?\\[dtc]?frac\s?\{\s?(?P<top>\d{1,200})\s?\}\s?\{\s?(?P<bottom>\d{1,200})\s?\}"
        ),
        lambda m: _signed(m, m["whole"], m["top"], m["bottom"]) if not m["whole"] or _proper(m) else None,
    ),
    (
        re.compile(r"(?P<sign>[-+]?)\s?(?P<whole>\d{0,50})\s?\\[dtc]?frac\s?(?P<top>\d)\s?(?P<bottom>\d)"),
        lambda m: _signed(m, m["whole"], m["top"], m["bottom"]) if not m["whole"] or _proper(m) else None,
    ),
)


def _proper(match: re.Match[str]) -> bool:
    return int(match["top"]) < int(match["bottom"])
