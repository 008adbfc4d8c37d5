"""Two statements compared: their shape decides what is compared with what, and values are decided by `equals`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from refine.errors import Wrong
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.grammar_names import CONSTANTS
from refine.verifiers.symbolic.read import BOUNDS
from refine.verifiers.symbolic.same_shapes import (
    Piece,
    is_a,
    is_set,
    items,
    piece_said,
    pieces,
    rows_of,
    solved_for,
    value,
)
from refine.verifiers.symbolic.tree import Apply, Name, Number, Tree, names, text
from refine.verifiers.symbolic.tree_bounds import exact

_FURTHER = 8
"""Answers more or fewer beyond which none is compared."""
_PLACES = tuple(Fraction(n, d) for n, d in ((3, 7), (-5, 11), (13, 17), (2, 19), (-7, 23), (11, 29)))


Decide = Callable[[Tree, Tree], Answer]
"""Of what is given and what is expected."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two statements are compared.

    Attributes:
        equal: decides two formulas.
        same_set: decides two sets of reals whose pieces are not the same.
        ordered: whether answers in a row must come in the expected order.
        within: the largest distance of two plain numbers that counts as none.
    """

    equal: Decide
    same_set: Decide
    ordered: bool = False
    within: Fraction = Fraction(0)

    def same(self, given: Tree, expected: Tree) -> Answer:
        if given == expected:
            return Proved("both say the same")
        if is_a(given, "=") and is_a(expected, "="):
            return self.equations(given, expected)
        mine, theirs = value(given), value(expected)
        if mine != given or theirs != expected:
            return self.same(mine, theirs)
        for shape in (self.matrices, self.points, self.ranges, self.rows):
            if (answer := shape(mine, theirs)) is not None:
                return answer
        return self.values(mine, theirs)

    # shapes; None: not of this shape

    def matrices(self, given: Tree, expected: Tree) -> Answer | None:
        mine, theirs = rows_of(given), rows_of(expected)
        if mine is None or theirs is None:
            return None
        if [len(row) for row in mine] != [len(row) for row in theirs]:
            return Refuted("a matrix of another shape", left=_said(given), right=_said(expected))
        pairs = zip((x for row in mine for x in row), (x for row in theirs for x in row), strict=True)
        return _all(self.same(a, b) for a, b in pairs)

    def points(self, given: Tree, expected: Tree) -> Answer | None:
        """(1, 2) against (1, 2), or against `1, 2`; with order."""
        heads = {getattr(given, "head", ""), getattr(expected, "head", "")}
        rows = self.ordered and heads <= {",", "()", "[]", "{}"}
        if not rows and heads not in ({"()"}, {"()", ","}):
            return None
        assert isinstance(given, Apply) and isinstance(expected, Apply)  # noqa: PT018 - they have heads
        if len(given.args) != len(expected.args):
            return Refuted("another number of entries", left=_said(given), right=_said(expected))
        return _all(self.same(a, b) for a, b in zip(given.args, expected.args, strict=True))

    def ranges(self, given: Tree, expected: Tree) -> Answer | None:
        """Intervals, unions of them, and inequalities in one unknown, piece by piece."""
        mine, theirs = pieces(given), pieces(expected)
        if mine is None or theirs is None:
            return self.same_set(given, expected) if is_set(given) or is_set(expected) else None
        answer = self.matched(mine, theirs, self.piece, piece_said)
        if isinstance(answer, Refuted) and (len(mine) > 1 or len(theirs) > 1):
            return self.same_set(given, expected)
        return answer

    def rows(self, given: Tree, expected: Tree) -> Answer | None:
        """Answers in any order; one answer is a row of one."""
        if not (is_a(expected, ",", "{}") or is_a(given, ",", "{}")):
            return None
        mine, theirs = items(given), items(expected)
        return self.matched(mine, theirs, self.same, _said)

    # parts

    def piece(self, given: Piece, expected: Piece) -> Answer:
        ends = (given.left_open, given.right_open) == (expected.left_open, expected.right_open)
        if not ends:
            return Refuted(
                "an end that belongs to one and not to the other", {}, piece_said(given), piece_said(expected)
            )
        return _all(self.same(a, b) for a, b in ((given.low, expected.low), (given.high, expected.high)))

    def matched(
        self,
        given: Sequence[Any],
        expected: Sequence[Any],
        same: Callable[[Any, Any], Answer],
        said: Callable[[Any], str],
    ) -> Answer:
        """Whether each has its like among the others."""
        if not given or not expected:
            return Proved("both are empty") if not (given or expected) else Refuted("one of them is empty")
        given, expected = list(dict.fromkeys(given)), list(dict.fromkeys(expected))
        if abs(len(given) - len(expected)) > _FURTHER:
            return Refuted(f"{len(given)} answers, expected {len(expected)}")
        table = [[same(a, b) for b in expected] for a in given]
        lines = [(row, f"{said(a)} is not among the expected") for a, row in zip(given, table, strict=True)]
        columns = zip(expected, zip(*table, strict=True), strict=True)
        lines += [(list(column), f"{said(b)} is missing") for b, column in columns]
        return _all(_any(row, why) for row, why in lines)

    def equations(self, given: Tree, expected: Tree) -> Answer:
        """The same unknown equal to the same value, or one equation a multiple of the other."""
        mine, theirs = solved_for(given), solved_for(expected)
        if mine and theirs and mine[0] == theirs[0]:
            return self.same(mine[1], theirs[1])
        if mine and theirs and not (_free(mine[1]) or _free(theirs[1])):
            return Refuted("another unknown", left=mine[0], right=theirs[0])
        one, other = _difference(given), _difference(expected)
        places = dict(zip(sorted(names(one) | names(other)), _PLACES, strict=False))
        first, second = _at(one, places), _at(other, places)
        if not first or not second:
            return Undecided(("equations: neither solved for one unknown nor polynomials in a few",))
        answer = self.values(Apply("*", (one, Number(second))), Apply("*", (other, Number(first))))
        if isinstance(answer, Proved):
            return Proved("one equation is a multiple of the other")
        return Undecided(("equations: one is not a multiple of the other",))

    def values(self, given: Tree, expected: Tree) -> Answer:
        """Two formulas: exact arithmetic where both are rational, else `equals`."""
        mine, theirs = _exactly(given), _exactly(expected)
        if mine is not None and theirs is not None:
            if mine == theirs or abs(mine - theirs) <= self.within:
                return Proved(f"both are {_short(theirs)}" if mine == theirs else f"within {self.within}")
            return Refuted("two different numbers", left=_short(mine), right=_short(theirs))
        if "oo" in {_infinity(given), _infinity(expected)}:
            return Refuted("infinity against something else", left=_said(given), right=_said(expected))
        return self.equal(given, expected)


def _difference(tree: Tree) -> Tree:
    assert isinstance(tree, Apply)  # an equation
    return Apply("+", (tree.args[0], Apply("neg", (tree.args[1],))))


def _at(tree: Tree, places: Mapping[str, Fraction]) -> Fraction | None:
    """The value at a rational place, if it is rational arithmetic."""
    if isinstance(tree, Name):
        return places.get(tree.name) if tree.name not in CONSTANTS else None
    if not isinstance(tree, Apply):
        return tree.value
    values = [_at(arg, places) for arg in tree.args]
    known = [Number(value) for value in values if value is not None]
    return _exactly(Apply(tree.head, tuple(known))) if len(known) == len(values) else None


def _exactly(tree: Tree) -> Fraction | None:
    try:
        return exact(tree, BOUNDS)
    except Wrong:
        return None


def _infinity(tree: Tree) -> str:
    inner = tree.args[0] if is_a(tree, "neg") else tree
    return "oo" if isinstance(inner, Name) and CONSTANTS.get(inner.name) == "Infinity" else ""


def _free(tree: Tree) -> set[str]:
    return names(tree) - CONSTANTS.keys()


def _said(tree: Tree) -> str:
    return text(tree)[:200]


def _short(value: Fraction) -> str:
    return str(value) if value.numerator.bit_length() + value.denominator.bit_length() < 600 else "a huge number"


# three-valued logic


def _all(answers: Iterable[Answer]) -> Answer:
    """The first refutation, else the first doubt, else proved."""
    seen = list(answers)
    for kind in (Refuted, Undecided):
        if found := next((answer for answer in seen if isinstance(answer, kind)), None):
            return found
    return Proved(
        "; ".join(sorted({answer.how for answer in seen if isinstance(answer, Proved)}))[:200] or "both are empty"
    )


def _any(answers: Sequence[Answer], otherwise: str) -> Answer:
    for kind in (Proved, Undecided):
        if found := next((answer for answer in answers if isinstance(answer, kind)), None):
            return found
    return Refuted(otherwise)
