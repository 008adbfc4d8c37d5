"""An answer's value and unit, without SymPy: money, percent, degrees, units, multiplying words, compound durations."""

# ruff: noqa: RUF001 - the very signs that people write

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from refine.verifiers.symbolic.final import unwrapped
from refine.verifiers.symbolic.final_numbers import number
from refine.verifiers.symbolic.final_units import MULTIPLIERS, UNITS, canonical, multiplied


@dataclass(frozen=True, slots=True)
class Quantity:
    """An answer taken apart: 12 m/s is "12" and "m/s", $5 is "5" and "dollar", 50% is "50" and "%".

    Attributes:
        body: the value as text.
        unit: in its canonical spelling where it is a common one; "" where there is none.
        scale: what words after the value multiply it by: 12 for `3 dozen eggs`.
        larger: of a value in several units, 2 h 30 min, the units before the last, in which all of it is.
    """

    body: str
    unit: str = ""
    scale: Fraction = Fraction(1)
    larger: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The value with its unit, for a message."""
        times = "" if self.scale == 1 else f" times {self.scale}"
        return f"{self.body}{times}{self.unit if self.unit == '%' else ' ' + self.unit}".strip()


_TEXTS = r"\\(?:text|mathrm|textrm|textnormal|mbox|rm|textbf|textit)"
_UNIT_TEXT = re.compile(rf"\s*(?:\\[,;: !]|~)*\s*{_TEXTS}\{{\s*([^{{}}\\]{{1,40}}?)\s*\.?\}}(?:\^\{{?([23])\}}?)?$")
_UNIT_WORD = re.compile(r"(?<=[\d)}])\s*([A-Za-zµ°]{1,20}(?:[/ ][A-Za-z]{1,20}){0,3}(?:\s?\^\s?[23]|[²³])?)$")
_DEGREES = re.compile(r"\s*(?:\^\s*\{?\s*\\circ\s*\}?|\\degree|°)\s*([CF]?)$")
_PRICE = re.compile(r"(?P<sign>[-−]?)\s?(?P<mark>\\\$|US\$|[$€£₹¥])\s?(?=[-\d.])")
_PRICED = re.compile(r"(?<=\d)\s?(?P<mark>\\\$|US\$|[$€£₹¥])$")
_MONEY = {"\\$": "dollar", "$": "dollar", "US$": "dollar", "€": "euro", "£": "pound", "₹": "rupee", "¥": "yen"}
_ATTACHED = re.compile(r"(?P<body>.*\d)(?P<unit>[A-Za-z])(?:\^\{?(?P<power>[23])\}?|(?P<raised>[²³]))?")
_PART = re.compile(r"(\d{1,20}(?:\.\d{1,20})?(?:\s\d{1,5}/\d{1,5})?)\s*([A-Za-z]{1,12})\.?")
_PARTS = re.compile(rf"{_PART.pattern}(?:(?:\s*,)?\s*(?:and\s+)?{_PART.pattern}){{1,4}}")


def quantity(text: str) -> Quantity:
    """The answer's value and unit, each as text; the unit in its canonical spelling where it is a common one."""
    body = unwrapped(text)
    if body.endswith("%"):
        return Quantity(body.rstrip("%").rstrip("\\").strip(), "%")
    if match := _PRICE.match(body):
        rest = _with_unit(body[match.end() :].strip(), counted=True)
        return Quantity(("-" if match["sign"] else "") + rest.body, _MONEY[match["mark"]], rest.scale)
    if match := _PRICED.search(body):
        return Quantity(body[: match.start()].strip(), _MONEY[match["mark"]])
    if match := _DEGREES.search(body):
        return Quantity(body[: match.start()].strip(), f"degree{match[1]}")
    return _compound(body) or _with_unit(body)


def _with_unit(body: str, *, counted: bool = False) -> Quantity:
    match = _UNIT_TEXT.search(body)
    if match and match.start():
        return _scaled(body[: match.start()].strip(), match[1].strip(), f"^{match[2]}" if match[2] else "")
    match = _UNIT_WORD.search(body)
    value = body[: match.start()].strip() if match else ""
    if match and number(value) is not None:
        spaced = counted or body[match.start()].isspace()
        if _is_unit(match[1], spaced=spaced):
            return _scaled(value, match[1])
    return Quantity(body)


def _scaled(value: str, words: str, power: str = "") -> Quantity:
    scale, rest = multiplied(words)
    return Quantity(value, canonical(rest + power) if rest else "", scale)


def _is_unit(word: str, *, spaced: bool) -> bool:
    """`12 apples`, `12cm` and `5 m` have one; `3x`, `5m` and `2 e` have none: a letter may be a symbol."""
    if spaced and word.lower() in MULTIPLIERS:
        return True
    if len(word) == 1 and not spaced:
        return False
    known = canonical(word).partition("^")[0] in UNITS and word[1:2] not in {"", "^", "²", "³", " "}
    return (
        known or canonical(word) in UNITS or "/" in word or (spaced and len(word) > 2 and word not in {"sqrt", "and"})
    )


def attached(given: Quantity) -> Quantity | None:
    """5m and 3k as five meters and three thousand, where the letter is no symbol; None for anything else."""
    match = _ATTACHED.fullmatch(given.body)
    if not match or given.unit or number(match["body"]) is None:
        return None
    power = match["power"] or {"²": "2", "³": "3", None: ""}[match["raised"]]
    if match["unit"] in {"k", "K"} and not power:
        return Quantity(match["body"], "", Fraction(1000))
    unit = canonical(match["unit"])
    return Quantity(match["body"], unit + (f"^{power}" if power else "")) if unit in UNITS else None


def _compound(body: str) -> Quantity | None:
    """2 h 30 min as 150 minutes, 5 ft 3 in as 63 inches: units of one dimension, each smaller than the one before."""
    if not _PARTS.fullmatch(body):
        return None
    values, units = zip(*((number(value), canonical(unit)) for value, unit in _PART.findall(body)), strict=True)
    if any(unit not in UNITS for unit in units) or None in values:
        return None
    dimensions, sizes = zip(*(UNITS[unit] for unit in units), strict=True)
    falling = all(a > b for a, b in pairwise(sizes))
    if len(set(dimensions)) > 1 or not falling:
        return None
    total = sum((value or 0) * size for value, size in zip(values, sizes, strict=True)) / sizes[-1]
    return Quantity(str(total), units[-1], larger=tuple(units[:-1]))
