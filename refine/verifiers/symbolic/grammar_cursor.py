"""How to read, and the place that reading has come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refine.errors import Wrong, require
from refine.verifiers.symbolic.grammar_tokens import Token
from refine.verifiers.symbolic.tree import Tree

_END = Token("end", "")


@dataclass(frozen=True, slots=True)
class Style:
    """How to read.

    Attributes:
        declared: the symbols, or None where any letter may be one.
        functions: declared names that take arguments, such as the y of an equation in y(x).
        depth: levels of nesting at most.
        answer: whether it is a final answer, in which `2 1/2` is two and a half and a:b a ratio; otherwise they are
            refused.
    """

    declared: frozenset[str] | None
    functions: frozenset[str]
    depth: int
    answer: bool = False


class Cursor:
    """A place in the tokens, with what is open there."""

    def __init__(self, tokens: Sequence[Token], style: Style) -> None:
        self.tokens = tokens
        self.style = style
        self.at = 0
        self.depth = 0
        self.bars = 0  # open |, so that the next one closes
        self.integrals = 0  # open integrals, whose integrand ends before dx

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else _END

    def take(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def op(self, *texts: str) -> str:
        """The operator that comes next, taken, if it is one of these; else ""."""
        token = self.peek()
        if token.kind == "op" and token.text in texts:
            self.at += 1
            return token.text
        return ""

    def expect(self, kind: str, text: str) -> None:
        token = self.take()
        if token.kind != kind or token.text != text:
            raise self.unexpected(token, repr(text) if text else "the end")

    def unexpected(self, token: Token, wanted: str) -> Wrong:
        what = "the end" if token.kind == "end" else repr(token.text[:40])
        before = " ".join(t.text for t in self.tokens[max(0, self.at - 5) : max(0, self.at - 1)])[-60:]
        return Wrong(f"expected {wanted}, found {what}" + (f" after {before!r}" if before else ""))

    def deeper(self, read: Callable[[], Tree]) -> Tree:
        self.depth += 1
        require(self.depth <= self.style.depth, f"nested too deeply: more than {self.style.depth} levels")
        tree = read()
        self.depth -= 1
        return tree
