"""Formulas as text, infix or LaTeX, in the spellings that people use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from benchmarks.formulas import Apply, Formula, Name, Number, is_a, neg

SUM, PRODUCT, POWER, ATOM = range(4)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is written: the sign of powers, and whether 2*x is 2x."""

    latex: bool
    star_star: bool = False
    juxtaposed: bool = False


def text(f: Formula, style: Style) -> str:
    return (_latex if style.latex else _infix)(f, style)[0]


def _within(f: Formula, level: int, style: Style) -> str:
    """The text, in brackets where it binds less than `level`."""
    said, binds = (_latex if style.latex else _infix)(f, style)
    if binds >= level:
        return said
    return rf"\left({said}\right)" if style.latex else f"({said})"


def _sum(f: Apply, style: Style) -> str:
    said = _within(f.args[0], SUM, style)
    for arg in f.args[1:]:
        minus = isinstance(arg, Apply) and arg.head == "-"
        said += (" - " if minus else " + ") + _within(neg(arg) if minus else arg, PRODUCT, style)
    return said


def _times(f: Apply, style: Style, sign: str) -> str:
    said = _within(f.args[0], PRODUCT, style)
    for before, arg in zip(f.args, f.args[1:], strict=False):
        right = _within(arg, POWER if is_a(arg, "/") and not style.latex else PRODUCT, style)
        tight = style.juxtaposed and isinstance(before, Number) and _whole(before) and not _begins_with_digit(right)
        said += (" " if style.latex and tight else "" if tight else sign) + right
    return said


def _whole(f: Number) -> bool:
    return f.value.denominator == 1 and f.written != "scientific"


def _begins_with_digit(said: str) -> bool:
    return said[0].isdigit() or said[0] in ".e-" or said.startswith(("\\frac", "exp"))


def _decimal(f: Number) -> str:
    """The digits, which end: raises ValueError for 1/3."""
    size = f.value
    for digits in range(40):
        if (size * 10**digits).denominator == 1:
            whole = str(int(size * 10**digits)).rjust(digits + 1, "0")
            return f"{whole[: len(whole) - digits]}.{whole[len(whole) - digits :]}".rstrip(".")
    raise ValueError(f"{size} has no last digit")


def _scientific(f: Number) -> tuple[str, int]:
    """Digits and power of ten."""
    digits = _decimal(f).replace(".", "").strip("0")
    exponent = 0
    while Fraction(10) ** exponent > f.value:
        exponent -= 1
    while Fraction(10) ** (exponent + 1) <= f.value:
        exponent += 1
    return f"{digits[0]}.{digits[1:]}".rstrip("."), exponent


def _infix(f: Formula, style: Style) -> tuple[str, int]:
    if isinstance(f, Name):
        return f.name, ATOM
    if isinstance(f, Number):
        return _infix_number(f)
    said, binds = _INFIX.get(f.head, (_infix_call, ATOM))
    return said(f, style), binds


def _infix_number(f: Number) -> tuple[str, int]:
    if f.written == "scientific" and f.value:
        digits, exponent = _scientific(f)
        return f"{digits}e{exponent}", ATOM
    if f.written == "decimal":
        return _decimal(f), ATOM
    return str(f.value), ATOM if f.value.denominator == 1 else PRODUCT


def _minus(f: Apply, style: Style) -> str:
    return "-" + _within(f.args[0], PRODUCT, style)


def _infix_quotient(f: Apply, style: Style) -> str:
    return f"{_within(f.args[0], PRODUCT, style)}/{_within(f.args[1], POWER, style)}"


def _infix_power(f: Apply, style: Style) -> str:
    sign = "**" if style.star_star else "^"
    return f"{_within(f.args[0], ATOM, style)}{sign}{_within(f.args[1], ATOM, style)}"


def _infix_call(f: Apply, style: Style) -> str:
    if f.head == "logb":
        return f"log({text(f.args[1], style)}, {text(f.args[0], style)})"
    inside = ", ".join(text(arg, style) for arg in f.args)
    return f"{'Abs' if f.head == 'abs' else f.head}({inside})"


Said = Callable[[Apply, Style], str]
_INFIX: dict[str, tuple[Said, int]] = {
    "+": (_sum, SUM),
    "-": (_minus, SUM),
    "*": (lambda f, style: _times(f, style, "*"), PRODUCT),
    "/": (_infix_quotient, PRODUCT),
    "^": (_infix_power, POWER),
}


def _latex(f: Formula, style: Style) -> tuple[str, int]:
    if isinstance(f, Name):
        return ("\\pi" if f.name == "pi" else f.name), ATOM
    if isinstance(f, Number):
        return _latex_number(f)
    said, binds = _LATEX.get(f.head, (_latex_call, POWER))
    return said(f, style), binds


def _latex_number(f: Number) -> tuple[str, int]:
    if f.written == "scientific" and f.value:
        digits, exponent = _scientific(f)
        return rf"{digits} \cdot 10^{{{exponent}}}", PRODUCT
    if f.written == "decimal" or f.value.denominator == 1:
        return _decimal(f), ATOM
    return rf"\frac{{{f.value.numerator}}}{{{f.value.denominator}}}", PRODUCT


def _braced(macro: str) -> Said:
    return lambda f, style: macro + "".join(f"{{{text(arg, style)}}}" for arg in f.args)


def _latex_call(f: Apply, style: Style) -> str:
    name = {"log": "ln", "atan": "arctan", "gamma": "Gamma"}.get(f.head, f.head)
    return rf"\{name}\left({text(f.args[0], style)}\right)"


_LATEX: dict[str, tuple[Said, int]] = {
    "+": (_sum, SUM),
    "-": (_minus, SUM),
    "*": (lambda f, style: _times(f, style, r" \cdot "), PRODUCT),
    "/": (_braced(r"\frac"), PRODUCT),
    "^": (lambda f, style: f"{_within(f.args[0], ATOM, style)}^{{{text(f.args[1], style)}}}", POWER),
    "binomial": (_braced(r"\binom"), POWER),
    "sqrt": (_braced(r"\sqrt"), ATOM),
    "factorial": (lambda f, style: _within(f.args[0], ATOM, style) + "!", POWER),
    "abs": (lambda f, style: rf"\left|{text(f.args[0], style)}\right|", ATOM),
    "exp": (lambda f, style: f"e^{{{text(f.args[0], style)}}}", POWER),
    "logb": (lambda f, style: rf"\log_{{{text(f.args[0], style)}}}\left({text(f.args[1], style)}\right)", POWER),
}
