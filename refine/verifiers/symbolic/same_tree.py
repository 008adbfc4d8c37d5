"""Two statements compared: their shape decides what is compared with what, and values are decided by `equals`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeGuard

from refine.errors import Wrong
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.build import has_sign, spread
from refine.verifiers.symbolic.grammar_calls import matrix
from refine.verifiers.symbolic.grammar_names import CONSTANTS
from refine.verifiers.symbolic.read import BOUNDS
from refine.verifiers.symbolic.tree import BRACKETS, Apply, Name, Number, Tree, names, text
from refine.verifiers.symbolic.tree_bounds import exact

if TYPE_CHECKING:
    from refine.verifiers.symbolic.domain import Domain

_PLACES = tuple(Fraction(n, d) for n, d in ((3, 7), (-5, 11), (13, 17), (2, 19), (-7, 23), (11, 29)))
_OPEN = {"<": True, "<=": False}
_TURNED = {">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval: its ends, and whether each is open."""

    low: Tree
    high: Tree
    left_open: bool
    right_open: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the symbols range over, and how strict to be."""

    symbols: Mapping[str, Domain]
    ordered: bool = False
    within: Fraction = Fraction(0)

    def same(self, given: Tree, expected: Tree) -> Answer:
        if given == expected:
            return Proved("both say the same")
        if _is(given, "=") and _is(expected, "="):
            return self.equations(given, expected)
        mine, theirs = _value(given), _value(expected)
        if mine != given or theirs != expected:
            return self.same(mine, theirs)
        for shape in (self.matrices, self.points, self.ranges, self.rows):
            if (answer := shape(mine, theirs)) is not None:
                return answer
        return self.values(mine, theirs)

    # shapes; None: not of this shape

    def matrices(self, given: Tree, expected: Tree) -> Answer | None:
        mine, theirs = _matrix(given), _matrix(expected)
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
            return self.sets(given, expected) if _is_set(given) or _is_set(expected) else None
        answer = self.matched(mine, theirs, self.piece, _piece_said)
        if isinstance(answer, Refuted) and (len(mine) > 1 or len(theirs) > 1):
            return self.sets(given, expected)
        return answer

    def rows(self, given: Tree, expected: Tree) -> Answer | None:
        """Answers in any order; one answer is a row of one."""
        if not (_is(expected, ",", "{}") or _is(given, ",", "{}")):
            return None
        mine, theirs = _items(given), _items(expected)
        return self.matched(mine, theirs, self.same, _said)

    # parts

    def piece(self, given: Piece, expected: Piece) -> Answer:
        ends = (given.left_open, given.right_open) == (expected.left_open, expected.right_open)
        if not ends:
            return Refuted(
                "an end that belongs to one and not to the other", {}, _piece_said(given), _piece_said(expected)
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
        table = [[same(a, b) for b in expected] for a in given]
        lines = [(row, f"{said(a)} is not among the expected") for a, row in zip(given, table, strict=True)]
        columns = zip(expected, zip(*table, strict=True), strict=True)
        lines += [(list(column), f"{said(b)} is missing") for b, column in columns]
        return _all(_any(row, why) for row, why in lines)

    def equations(self, given: Tree, expected: Tree) -> Answer:
        """The same unknown equal to the same value, or one equation a multiple of the other."""
        mine, theirs = _solved(given), _solved(expected)
        if mine and theirs:
            if mine[0] != theirs[0]:
                return Refuted("another unknown", left=mine[0], right=theirs[0])
            return self.same(mine[1], theirs[1])
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

    def equal(self, given: Tree, expected: Tree) -> Answer:
        from refine.verifiers.symbolic.checkers import equals  # noqa: PLC0415 - SymPy, only where it is needed
        from refine.verifiers.symbolic.domain import Real  # noqa: PLC0415 - with it

        free = (names(given) | names(expected)) - CONSTANTS.keys()
        return equals(text(given), text(expected), **{name: self.symbols.get(name, Real()) for name in free})

    def sets(self, given: Tree, expected: Tree) -> Answer:
        from refine.verifiers.symbolic.same_sets import same_set  # noqa: PLC0415 - SymPy, only where it is needed

        return same_set(given, expected)


def pieces(tree: Tree) -> tuple[Piece, ...] | None:
    """The intervals whose union a statement on one unknown says, as written; None for anything else."""
    if _is(tree, "union", "or"):
        found = [pieces(_value(arg)) for arg in tree.args]
        return tuple(p for part in found if part for p in part) if all(part is not None for part in found) else None
    if isinstance(tree, Apply) and tree.head in BRACKETS and len(tree.args) == 2:
        return (Piece(*tree.args, left_open=tree.head[0] == "(", right_open=tree.head[1] == ")"),)
    if _is(tree, "and"):
        return _between(tree.args)
    return _ray(tree)


def _ray(tree: Tree) -> tuple[Piece, ...] | None:
    """That x < 3 is (-oo, 3), and x != 3 is (-oo, 3) with (3, oo)."""
    turned = _name_first(tree)
    if turned is None:
        return None
    head, bound = turned
    low, high = Apply("neg", (Name("oo"),)), Name("oo")
    if head == "!=":
        return Piece(low, bound, left_open=True, right_open=True), Piece(bound, high, left_open=True, right_open=True)
    if head in _OPEN:
        return (Piece(low, bound, left_open=True, right_open=_OPEN[head]),)
    return (Piece(bound, high, left_open=_OPEN[_TURNED[head]], right_open=True),)


def _name_first(tree: Tree) -> tuple[str, Tree] | None:
    """The relation and its other side, with the unknown on the left: 3 > x is x < 3."""
    if not isinstance(tree, Apply) or tree.head not in {"<", "<=", ">", ">=", "!="}:
        return None
    left, right = tree.args
    if _unknown(left) and not _unknown(right):
        return tree.head, right
    if _unknown(right) and not _unknown(left):
        back = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}
        return back[tree.head], left
    return None


def _between(parts: Iterable[Tree]) -> tuple[Piece, ...] | None:
    """1 < x <= 3, or x > 1 and x <= 3."""
    rays = [_ray(part) for part in parts]
    low = [ray[0] for ray in rays if ray and len(ray) == 1 and ray[0].high == Name("oo")]
    high = [ray[0] for ray in rays if ray and len(ray) == 1 and ray[0].high != Name("oo")]
    if len(rays) != 2 or len(low) != 1 or len(high) != 1:
        return None
    return (Piece(low[0].low, high[0].high, left_open=low[0].left_open, right_open=high[0].right_open),)


# what a statement is about


def _is(tree: Tree, *heads: str) -> TypeGuard[Apply]:
    return isinstance(tree, Apply) and tree.head in heads


def _unknown(tree: Tree) -> bool:
    return isinstance(tree, Name) and tree.name not in CONSTANTS


def _is_set(tree: Tree) -> bool:
    named = isinstance(tree, Name) and tree.name in {"Reals", "Integers", "Rationals", "Naturals", "Complexes"}
    return named or _is(tree, "union", "intersect", "minus", "and", "<", "<=", ">", ">=", "!=", "(]", "[)")


def _value(tree: Tree) -> Tree:
    """What is said of the unknown: x = 5 says 5, x in S says S, x = 1 or x = 2 says {1, 2}; ± says both."""
    if not isinstance(tree, Apply):
        return tree
    for reading in (_only(tree), _assignments(tree), _both(tree)):
        if reading is not None:
            return reading
    return tree


def _only(tree: Apply) -> Tree | None:
    if tree.head == "[]" and len(tree.args) == 1:
        return tree.args[0]
    if tree.head == "in" and _unknown(tree.args[0]):
        return tree.args[1]
    solved = _solved(tree)
    return solved[1] if solved else None


def _both(tree: Apply) -> Tree | None:
    if not has_sign(tree) or tree.head in {"()", "matrix"}:
        return None
    listed = tree.args if tree.head in {",", "{}", "or"} else (tree,)
    return Apply("or" if tree.head == "or" else "{}", tuple(item for arg in listed for item in spread(arg)))


def _assignments(tree: Apply) -> Tree | None:
    """Of x = 1 or x = 2 it is {1, 2}, of x = 1, y = 2 it is (1, 2) in the order of the names."""
    if tree.head not in {"or", ",", "and"}:
        return None
    solved = [_solved(part) for part in tree.args]
    found = [pair for pair in solved if pair]
    if len(found) != len(solved):
        return None
    unknowns = [name for name, _ in found]
    if len(set(unknowns)) == 1 and tree.head != "and":
        return Apply("{}", tuple(value for _, value in found))
    if len(set(unknowns)) == len(unknowns) and tree.head != "or":
        return Apply("()", tuple(value for _, value in sorted(found, key=lambda pair: pair[0])))
    return None


def _solved(tree: Tree) -> tuple[str, Tree] | None:
    """(x, 5) for x = 5 or 5 = x."""
    if not _is(tree, "="):
        return None
    for left, right in (tree.args, tree.args[::-1]):
        if _unknown(left) and isinstance(left, Name) and left.name not in names(right):
            return left.name, right
    return None


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


def _items(tree: Tree) -> tuple[Tree, ...]:
    listed = isinstance(tree, Apply) and tree.head in {",", "{}", "()", "[]"}
    return tree.args if listed and isinstance(tree, Apply) else (tree,)


def _matrix(tree: Tree) -> list[tuple[Tree, ...]] | None:
    if _is(tree, "[]") and all(_is(arg, "[]") for arg in tree.args):
        tree = matrix(tree)
    return [row.args for row in tree.args if isinstance(row, Apply)] if _is(tree, "matrix") else None


def _exactly(tree: Tree) -> Fraction | None:
    try:
        return exact(tree, BOUNDS)
    except Wrong:
        return None


def _infinity(tree: Tree) -> str:
    inner = tree.args[0] if _is(tree, "neg") else tree
    return "oo" if isinstance(inner, Name) and CONSTANTS.get(inner.name) == "Infinity" else ""


def _said(tree: Tree) -> str:
    return text(tree)[:200]


def _piece_said(piece: Piece) -> str:
    return f"{'[('[piece.left_open]}{text(piece.low)}, {text(piece.high)}{'])'[piece.right_open]}"[:200]


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
