"""Numbers as people write them, exactly: thousands, fractions, mixed numbers, other bases, words."""

# ruff: noqa: RUF001 - the very signs that people write

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

_COMMA = r"(?:,|\s?\{\s?,\s?\}\s?|\\!,|,\\!\s?|\\,|\{\\,\})"
_SPACE = "[ \u00a0\u2009\u202f~]"
_SIGN = r"(?P<sign>[-+]?)\s?"


def number(text: str) -> Fraction | None:
    r"""The value of a plain number, exactly: 1,234.5, 1 000, -3/4, 2 1/2, 2\frac{1}{2}, 1{,}000, 101_2, forty-two; None
    for anything else.
    """
    plain = text.strip().replace("−", "-")
    if re.fullmatch(r"[-+]?\d{1,200}", plain):
        return Fraction(int(plain))
    if re.fullmatch(r"-?\d{0,200}\.\d{1,200}|-?\d{1,200}\.", plain):
        return Fraction(plain.rstrip("."))
    for pattern, value in _FORMS:
        if match := pattern.fullmatch(plain):
            return value(match)
    return _in_words(plain.lower())


def digits(text: str) -> str:
    """What stands before the base of a number that says its base, as in 101_2; "" for any other text."""
    match = _BASED.fullmatch(text.strip())
    return match["digits"] if match else ""


def _signed(match: re.Match[str], value: Fraction) -> Fraction:
    return -value if match["sign"] == "-" else value


def _thousands(match: re.Match[str]) -> Fraction:
    return _signed(match, Fraction(re.sub(r"[^\d.]", "", match["value"])))


def _mixed(match: re.Match[str]) -> Fraction | None:
    """A fraction, or a whole number and a proper one."""
    top, bottom, whole = int(match["top"]), int(match["bottom"]), match.groupdict().get("whole")
    if not bottom or (whole and top >= bottom):
        return None
    return _signed(match, int(whole or 0) + Fraction(top, bottom))


def _based(match: re.Match[str]) -> Fraction | None:
    base = int(match["base"])
    if not 2 <= base <= 36 or any(int(digit, 36) >= base for digit in match["digits"]):
        return None
    return _signed(match, Fraction(int(match["digits"], base)))


_BASED = re.compile(_SIGN + r"(?P<digits>[0-9A-Fa-f]{1,200})_(?:(?P<brace>\{)\s?)?(?P<base>\d{1,2})(?(brace)\s?\})")
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Fraction | None]], ...] = (
    (re.compile(_SIGN + rf"(?P<value>\d{{1,3}}(?:{_COMMA}\d{{3}}){{1,30}}(?:\.\d{{1,200}})?)"), _thousands),
    (re.compile(_SIGN + rf"(?P<value>\d{{1,3}}(?:{_SPACE}\d{{3}}){{1,30}}(?:\.\d{{1,200}})?)"), _thousands),
    (
        re.compile(_SIGN + r"(?:(?P<whole>\d{1,50})(?:\s|\sand\s))?(?P<top>\d{1,200})\s?/\s?(?P<bottom>\d{1,200})"),
        _mixed,
    ),
    (
        re.compile(
            _SIGN
            + r"(?P<whole>\d{0,50})\s?\\[dtc]?frac\s?\{\s?(?P<top>\d{1,200})\s?\}\s?\{\s?(?P<bottom>\d{1,200})\s?\}"
        ),
        _mixed,
    ),
    (re.compile(_SIGN + r"(?P<whole>\d{0,50})\s?\\[dtc]?frac\s?(?P<top>\d)\s?(?P<bottom>\d)"), _mixed),
    (_BASED, _based),
)

_ONES = {
    word: n
    for n, word in enumerate(
        str.split(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
_TENS = {
    word: 10 * n for n, word in enumerate(str.split("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
_LARGE = {"trillion": 10**12, "billion": 10**9, "million": 10**6, "thousand": 1000, "hundred": 100}


def _in_words(text: str) -> Fraction | None:
    """Forty-two, one hundred and five, two million."""
    words = [word for word in re.split(r"[\s-]+", text) if word != "and"]
    value = _counted(words) if len(words) < 30 else None
    return None if value is None else Fraction(value)


def _counted(words: list[str]) -> int | None:
    large = next((word for word in _LARGE if word in words), "")
    if large:
        at = words.index(large)
        times, rest = _counted(words[:at]), _counted(words[at + 1 :]) if words[at + 1 :] else 0
        fits = times and rest is not None and times < 1000 and rest < _LARGE[large]
        return times * _LARGE[large] + rest if times and rest is not None and fits else None
    if len(words) == 1:
        return _ONES.get(words[0], _TENS.get(words[0]))
    both = len(words) == 2 and words[0] in _TENS and 0 < _ONES.get(words[1], 0) < 10
    return _TENS[words[0]] + _ONES[words[1]] if both else None
