"""Plain text into tokens: what Python, SymPy and people write. Characters are looked up in a table, never normalised,
so a letter that merely looks like a Latin one is refused.
"""

# ruff: noqa: RUF001 - the very signs that people write

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from refine.errors import Wrong
from refine.verifiers.symbolic.grammar_tokens import Token, Words, number, word
from refine.verifiers.symbolic.tree import Number

_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξρστυφχψωΓΔΘΛΞΣΥΦΨΩ",
        str.split(
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi "
            "psi omega Gamma Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega"
        ),
        strict=True,
    )
)
NAMES = _GREEK | {"π": "pi", "∞": "oo", "ϕ": "phi", "ε": "epsilon", "ϵ": "epsilon", "∅": "EmptySet"}
NAMES |= {"ℝ": "Reals", "ℤ": "Integers", "ℚ": "Rationals", "ℕ": "Naturals", "ℂ": "Complexes", "ℯ": "e", "ⅈ": "i"}
OPS = {
    **dict.fromkeys("×·⋅∗•✕⨯", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("−–—‐‑﹣", "-"),
    "±": "pm",
    "∓": "mp",
    "≤": "<=",
    "⩽": "<=",
    "≦": "<=",
    "≥": ">=",
    "⩾": ">=",
    "≧": ">=",
    "≠": "!=",
    "∪": "union",
    "∩": "intersect",
    "∖": "minus",
    "∈": "in",
    "∧": "and",
    "∨": "or",
    "√": "√",
    "∛": "∛",
    "→": "->",
    "°": "deg",
    "∣": "|",
}
_PAIRS = {"**": "^", "==": "=", "=<": "<=", "&&": "and", "<>": "!="}
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
FRACTIONS = dict(
    zip(
        "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞",
        ["1/2", "1/3", "2/3", "1/4", "3/4", "1/5", "2/5", "3/5", "4/5", "1/6", "5/6", "1/8", "3/8", "5/8", "7/8"],
        strict=True,
    )
)
SPACES = " \t\r\n\u00a0\u2009\u200a\u202f\u2005\u2006\u2061\u2062"

_SCAN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>Interval\.(?:open|Lopen|Ropen)|[A-Za-z][A-Za-z0-9_]*[₀-₉]*)"
    r"|(?P<op>\*\*|<=|>=|==|!=|=<|<>|->|&&|!!|[-+*/^=<>!%,;|:_])"
    rf"|(?P<super>[{''.join(_SUPERSCRIPTS)}]+)"
)
_NO_EXPONENT = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_LETTERS = re.compile(r"[A-Za-z]+")


def tokens(text: str, words: Words, *, latex: bool = False) -> Iterator[Token]:
    """The tokens of a text; with `latex`, of the characters between LaTeX's macros.

    Raises:
        Wrong: a character or a word that is not known.
    """
    at, spaced = 0, False
    while at < len(text):
        if text[at] in SPACES:
            at, spaced = at + 1, True
            continue
        end, found = _next(text, at, words, spaced=spaced, latex=latex)
        yield from found
        at, spaced = end, False


def _next(text: str, at: int, words: Words, *, spaced: bool, latex: bool) -> tuple[int, list[Token]]:
    match = _SCAN.match(text, at)
    if match is None:
        return at + 1, [_single(text[at], words, spaced=spaced)]
    kind, run = match.lastgroup, match.group()
    if kind == "number":
        if latex and (short := _NO_EXPONENT.match(text, at)):
            run = short.group()
        return at + len(run), [number(run, words.bounds, spaced=spaced)]
    if kind == "word":
        return _word(text, at, run, words, spaced=spaced, latex=latex)
    if kind == "super":
        return match.end(), _superscript(run, words)
    return match.end(), [Token("op", _PAIRS.get(run, run), spaced=spaced)]


def _word(text: str, at: int, run: str, words: Words, *, spaced: bool, latex: bool) -> tuple[int, list[Token]]:
    if latex and not (words.declared and run in words.declared):
        letters = _LETTERS.match(text, at)
        assert letters is not None  # a word begins with a letter
        run = letters.group()
    plain = "".join(_SUBSCRIPTS.get(c, c) for c in run)
    return at + len(run), list(word(plain, words, spaced=spaced, letters=latex))


def _superscript(run: str, words: Words) -> list[Token]:
    """x² is x^2, x⁻¹ is x^(-1), xⁿ is x^n; other mixtures are written with ^."""
    plain = "".join(_SUPERSCRIPTS[c] for c in run)
    if plain == "n":
        return [Token("op", "^"), Token("name", "n")]
    if not re.fullmatch(r"[+-]?[0-9]+", plain):
        raise Wrong(f"the superscript {run[:20]} is not read: write it with ^")
    value = number(plain.lstrip("+-"), words.bounds).tree
    assert isinstance(value, Number)  # a number's token has one
    signed = Number(-value.value) if plain.startswith("-") else value
    return [Token("op", "^"), Token("tree", run, signed)]


def _single(character: str, words: Words, *, spaced: bool) -> Token:
    if character in "([{":
        return Token("open", character, spaced=spaced)
    if character in ")]}":
        return Token("close", character, spaced=spaced)
    if character in OPS:
        return Token("op", OPS[character], spaced=spaced)
    if character in NAMES:
        return next(word(NAMES[character], words, spaced=spaced))
    if character in FRACTIONS:
        return Token("tree", character, Number(Fraction(FRACTIONS[character])), spaced)
    raise Wrong(_refusal(character))


def _refusal(character: str) -> str:
    shown = repr(character) if character.isascii() and character.isprintable() else f"U+{ord(character):04X}"
    hints = {".": "attributes and `...` are not allowed", "'": "no quotes and no primes", '"': "no quotes"}
    return f"the character {shown} is not allowed: {hints.get(character, 'write the formula in plain signs or LaTeX')}"
