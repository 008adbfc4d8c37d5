"""Tokens: what both front ends, plain text and LaTeX, hand to the one grammar; and the words they share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from refine.errors import require
from refine.verifiers.symbolic.grammar_names import (
    CONSTANTS,
    FUNCTIONS,
    GREEK,
    LOG2,
    LOG10,
    OPERATORS,
    STRUCTURES,
    called_only,
)
from refine.verifiers.symbolic.tree import CALCULUS, Bounds, Number, Tree

Kind = Literal["number", "name", "op", "open", "close", "tree", "big", "end"]

_WRITTEN = ("sin", "cos", "tan", "cot", "log", "exp", "sqrt", "ln")
_NAME = 40
"""Characters of a name at most."""


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text.

    Attributes:
        kind: "tree" is a part already read, such as a LaTeX group; "big" an operator of calculus with its own syntax.
        text: as written, for numbers, names and messages.
        tree: of a "number" or a "tree", else None.
        spaced: whether white space goes before it.
    """

    kind: Kind
    text: str
    tree: Tree | None = None
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Which words are symbols here.

    Attributes:
        declared: the symbols; None where any single letter may be one.
        bounds: for the literals.
    """

    declared: frozenset[str] | None
    bounds: Bounds

    def known(self, word: str) -> bool:
        if self.declared is not None and word in self.declared:
            return True
        if word in FUNCTIONS or word in CONSTANTS or word in OPERATORS or word in STRUCTURES or word in CALCULUS:
            return True
        return word in GREEK or word in {LOG10, LOG2}


def number(written: str, bounds: Bounds, *, spaced: bool = False) -> Token:
    """A literal, exactly: 0.25 is 1/4, 1.5e3 is 1500.

    Raises:
        Wrong: more digits than the bounds allow; an exponent counts as that many digits.
    """
    mantissa, _, exponent = written.lower().partition("e")
    digits = sum(c.isdigit() for c in mantissa)
    short = len(exponent) <= 6
    require(short and digits + abs(int(exponent or 0)) <= bounds.digits, _too_long(bounds))
    return Token("number", written, Number(Fraction(written.rstrip(".") if written.endswith(".") else written)), spaced)


def _too_long(bounds: Bounds) -> str:
    return f"a number of more than {bounds.digits} digits is not allowed: write it as a power or a product"


def word(run: str, words: Words, *, spaced: bool = False, letters: bool = False) -> Iterator[Token]:
    """A run of letters and digits: one name, an operator such as `or`, or a product of letters.

    Args:
        run: ASCII letters, digits and underscores, a letter first.
        words: what is known.
        spaced: whether white space goes before it.
        letters: in LaTeX any unknown run is a product of letters; in plain text only one of declared letters, or where
            nothing is declared one of two or three letters.

    Raises:
        Wrong: the word is not known.
    """
    require(len(run) <= _NAME, f"a name of more than {_NAME} characters is not allowed")
    declared = words.declared is not None and run in words.declared
    head, _, index = run.partition("_")
    if run in OPERATORS and not declared:
        yield Token("op", OPERATORS[run], spaced=spaced)
    elif index.isdigit() and head in FUNCTIONS and head not in GREEK and not declared:  # log_2
        base = number(index, words.bounds)
        yield from (Token("name", head, spaced=spaced), Token("op", "_"), Token("tree", index, base.tree))
    elif (words.known(run) and not (letters and _only_letters(run, words))) or _one_symbol(run, words):
        yield Token("name", run, spaced=spaced)
    else:
        require(letters or _product(run, words), _unknown(run, words.declared))
        require(
            not run.startswith(_WRITTEN),
            f"{run[:40]} is ambiguous: write functions as \\sin x or sin(x), products with *",
        )
        pieces = [Token("name", letter) if letter.isalpha() else number(letter, words.bounds) for letter in run]
        yield from (replace(piece, spaced=spaced and i == 0) for i, piece in enumerate(pieces))


def _only_letters(run: str, words: Words) -> bool:
    """In LaTeX re^{it} is r*e^(it): short names of functions are none without a backslash."""
    return called_only(run) and run not in GREEK and not (words.declared and run in words.declared)


def _one_symbol(run: str, words: Words) -> bool:
    """A letter with an index, as x, x1, x_1, x_max; which letters are declared is looked at when it is built."""
    head, _, index = run.partition("_")
    return len(head.rstrip("0123456789")) == 1 or (bool(index) and (len(head) == 1 or words.known(head)))


def _product(run: str, words: Words) -> bool:
    if words.declared is None:
        return len(run) <= 3 and run.isalpha()
    return all(letter in words.declared or letter in "eiEI" for letter in run)


def _unknown(run: str, declared: Collection[str] | None) -> str:
    allowed = f"the symbols here are {', '.join(sorted(declared))}" if declared else "symbols are single letters"
    return f"the name {run[:40]!r} is not known; {allowed}; write products with *"


def merged(tokens: Iterable[Token], bounds: Bounds) -> list[Token]:
    """Joins thousands: 1,234,567 outside of brackets is one number; inside of brackets commas separate."""
    out: list[Token] = []
    depth = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and _continues(out, token):
            joined = out[-2].text + "," + token.text
            out[-2:] = [replace(number(joined.replace(",", ""), bounds, spaced=out[-2].spaced), text=joined)]
        else:
            out.append(token)
    return out


def _continues(out: list[Token], token: Token) -> bool:
    if len(out) < 2 or token.kind != "number" or token.spaced or out[-1].spaced:
        return False
    first, comma = out[-2], out[-1]
    leading, group = first.text.split(",")[0], token.text.partition(".")[0]
    whole = first.kind == "number" and first.text.replace(",", "").isdigit() and not leading.startswith("0")
    return whole and comma.text == "," and len(group) == 3 and group.isdigit() and len(leading) <= 3
