"""Two statements compared: their shape decides what is compared with what, and values are decided by `equals`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from refine.errors import Wrong
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.grammar_names import CONSTANTS
from refine.verifiers.symbolic.read import BOUNDS
from refine.verifiers.symbolic.same_matrices import rows_of
from refine.verifiers.symbolic.same_shapes import (
    Piece,
    is_a,
    is_set,
    items,
    kind,
    piece_said,
    pieces,
    shown,
    value,
)
from refine.verifiers.symbolic.same_statements import assignments, chains, equations
from refine.verifiers.symbolic.tree import (
    CALCULUS,
    Apply,
    Name,
    Number,
    Tree,
    names,
    parts,
)
from refine.verifiers.symbolic.tree_bounds import checked, exact

_FURTHER = 8
"""Answers more or fewer beyond which none is compared."""


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
        for statement in (chains, assignments, equations):
            if (answer := statement(given, expected, self.same)) is not None:
                return answer
        mine, theirs = value(given), value(expected)
        if mine != given or theirs != expected:
            return self.same(mine, theirs)
        for shape in (self.ratios, self.matrices, self.points, self.ranges, self.rows, self.kinds):
            if (answer := shape(mine, theirs)) is not None:
                return answer
        return self.values(mine, theirs)

    # shapes; None: not of this shape

    def ratios(self, given: Tree, expected: Tree) -> Answer | None:
        """3:4 is 6:8, and of two terms 3/4."""
        if not is_a(given, "ratio") and not is_a(expected, "ratio"):
            return None
        mine, theirs = _terms(given), _terms(expected)
        if len(mine) != len(theirs):
            return Refuted("a ratio of another number of terms", left=shown(given), right=shown(expected))
        rest = zip(mine[1:], theirs[1:], strict=True)
        answer = _all(self.values(Apply("*", (a, theirs[0])), Apply("*", (b, mine[0]))) for a, b in rest)
        return Proved("the same ratio") if isinstance(answer, Proved) else answer

    def matrices(self, given: Tree, expected: Tree) -> Answer | None:
        mine, theirs = rows_of(given), rows_of(expected)
        if mine is None or theirs is None:
            return None
        if [len(row) for row in mine] != [len(row) for row in theirs]:
            return Refuted("a matrix of another shape", left=shown(given), right=shown(expected))
        pairs = list(zip((x for row in mine for x in row), (x for row in theirs for x in row), strict=True))
        if not all(_bounded(entry) for pair in pairs for entry in pair):
            return Undecided(("matrices: an entry of the product is too long",))
        return _all(self.same(a, b) for a, b in pairs)

    def points(self, given: Tree, expected: Tree) -> Answer | None:
        """(1, 2) against (1, 2), or against `1, 2`, with order; never against {1, 2}: a tuple is no set."""
        heads = {getattr(given, "head", ""), getattr(expected, "head", "")}
        rows = self.ordered and heads <= {",", "()", "[]", "{}"}
        if heads == {"()", "{}"} and not rows:
            return self.member(given, expected)
        if not rows and heads not in ({"()"}, {"()", ","}):
            return None
        assert isinstance(given, Apply) and isinstance(expected, Apply)  # noqa: PT018 - they have heads
        if len(given.args) != len(expected.args):
            return Refuted("another number of entries", left=shown(given), right=shown(expected))
        answer = _all(self.same(a, b) for a, b in zip(given.args, expected.args, strict=True))
        if rows or heads == {"()"} or not isinstance(answer, Refuted):
            return answer
        shuffled = self.matched(given.args, expected.args, self.same, shown)
        return answer if isinstance(shuffled, Refuted) else Undecided(("a tuple against a row in another order",))

    def member(self, given: Tree, expected: Tree) -> Answer:
        """A tuple against a set, which may have that tuple in it."""
        point, listed = (given, expected) if is_a(given, "()") else (expected, given)
        if any(is_a(item, "()") for item in items(listed)):
            return self.matched(items(given), items(expected), self.same, shown)
        return Refuted("a tuple is no set", left=shown(point), right=shown(listed))

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
        answer = self.matched(mine, theirs, self.same, shown)
        interval = next((side for side in (given, expected) if is_a(side, "[]") and len(side.args) == 2), None)
        if interval is not None and not isinstance(answer, Refuted):
            return Undecided((f"{shown(interval)}: an interval or a list",))
        return answer

    def kinds(self, given: Tree, expected: Tree) -> Answer | None:
        """A point, an interval or a matrix is no number."""
        mine, theirs = kind(given), kind(expected)
        if mine == theirs == "a number":
            return None
        if mine and theirs and mine != theirs:
            return Refuted(f"{mine} against {theirs}", left=shown(given), right=shown(expected))
        return Undecided((f"{mine or 'a statement'} against {theirs or 'a statement'}",))

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

    def values(self, given: Tree, expected: Tree) -> Answer:
        """Two formulas: exact arithmetic where both are rational, else `equals`; 60° is met by 60."""
        mine, theirs = _exactly(given), _exactly(expected)
        if mine is not None and theirs is not None:
            if mine == theirs or abs(mine - theirs) <= self.within:
                return Proved(f"both are {_short(theirs)}" if mine == theirs else f"within {self.within}")
            return Refuted("two different numbers", left=_short(mine), right=_short(theirs))
        if is_a(given, "deg") != is_a(expected, "deg") and not {"pi", "Pi"} & (names(given) | names(expected)):
            return self.values(*(side.args[0] if is_a(side, "deg") else side for side in (given, expected)))
        if "oo" in {_infinity(given), _infinity(expected)}:
            return Refuted("infinity against something else", left=shown(given), right=shown(expected))
        doubt = _doubt(given) or _doubt(expected)
        return Undecided((doubt,)) if doubt else self.equal(given, expected)


def _terms(tree: Tree) -> tuple[Tree, ...]:
    """Of a ratio; a quotient or a number is one of two terms."""
    if is_a(tree, "ratio"):
        return tree.args
    return tree.args if is_a(tree, "/") else (tree, Number(Fraction(1)))


def _bounded(tree: Tree) -> bool:
    try:
        checked(tree, BOUNDS)
    except Wrong:
        return False
    return True


def _doubt(tree: Tree) -> str:
    """Why the solver would not read the formula as it is meant; "" if it would."""
    labels = sorted(name for name in names(tree) if not name.replace("_", "").isalnum())
    if labels:
        return f"labels in a formula: {', '.join(labels)}"[:200]
    return "a sum over the index of a sequence that is not known" if _indexed_by_bound(tree) else ""


def _indexed_by_bound(tree: Tree) -> bool:
    """Whether a sum over k has a symbol a_k, which would be read as one that does not depend on k."""
    for node in parts(tree):
        if isinstance(node, Apply) and node.head in CALCULUS:
            limits = [arg.args[0] if isinstance(arg, Apply) and arg.args else arg for arg in node.args[1:]]
            indices = [name.partition("_")[2] for name in names(node) if "_" in name]
            if any(isinstance(k, Name) and any(k.name in index for index in indices) for k in limits):
                return True
    return False


def _exactly(tree: Tree) -> Fraction | None:
    try:
        return exact(tree, BOUNDS)
    except Wrong:
        return None


def _infinity(tree: Tree) -> str:
    inner = tree.args[0] if is_a(tree, "neg") else tree
    return "oo" if isinstance(inner, Name) and CONSTANTS.get(inner.name) == "Infinity" else ""


def _short(value: Fraction) -> str:
    return str(value) if value.numerator.bit_length() + value.denominator.bit_length() < 600 else "a huge number"


# three-valued logic


def _all(answers: Iterable[Answer]) -> Answer:
    """The first refutation, else the first doubt, else proved."""
    seen = list(answers)
    for verdict in (Refuted, Undecided):
        if found := next((answer for answer in seen if isinstance(answer, verdict)), None):
            return found
    return Proved(
        "; ".join(sorted({answer.how for answer in seen if isinstance(answer, Proved)}))[:200] or "both are empty"
    )


def _any(answers: Sequence[Answer], otherwise: str) -> Answer:
    for verdict in (Proved, Undecided):
        if found := next((answer for answer in answers if isinstance(answer, verdict)), None):
            return found
    return Refuted(otherwise)
