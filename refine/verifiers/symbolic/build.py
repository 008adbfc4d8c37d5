"""A checked tree into a SymPy object. The only place of reading that touches SymPy, by its constructors and by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from refine.errors import MissingExtra, Wrong, require
from refine.verifiers.symbolic.build_calculus import calculus
from refine.verifiers.symbolic.grammar_calls import matrix
from refine.verifiers.symbolic.grammar_names import CONSTANTS, FUNCTIONS, GREEK
from refine.verifiers.symbolic.tree import BRACKETS, CALCULUS, RELATIONS, Apply, Name, Number, Tree, replaced
from refine.verifiers.symbolic.tree_signs import has_sign, spread, two_signs

Object = Any
"""Whatever SymPy makes: an Expr, a relation, a Set, a Matrix. Its constructors are hardly typed."""
Scope = Mapping[str, Object]
"""Name -> SymPy symbol (or undefined function)."""


@cache
def sympy() -> Object:
    """SymPy, loaded when first used.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import sympy as package  # noqa: PLC0415 - a third of a second, only for those who use it
    except ImportError:
        raise MissingExtra("sympy", "math") from None
    return package


def built(tree: Tree, scope: Scope, *, closed: bool) -> Object:
    """The SymPy object that a tree says.

    Args:
        tree: within the bounds of `tree_bounds.checked`, of which this relies.
        scope: the declared symbols.
        closed: whether those are all; otherwise a name of one letter or an indexed one is a new symbol.

    Raises:
        Wrong: a name is not known, a division by zero, or parts that do not fit together (a set plus 1).
    """
    tree = replaced(tree, two_signs)
    made = dict(scope)
    try:
        value = _Builder(made, closed=closed).top(tree)
    except RecursionError:
        raise Wrong("nested too deeply to be computed with") from None
    except (TypeError, ValueError, AttributeError, NotImplementedError) as error:
        # SymPy's own refusals of what does not fit together: a set in a sum, a matrix in a sine, shapes that differ
        raise Wrong(f"the parts do not fit together: {str(error)[:200]}") from None
    _defined(value)
    return value


def _defined(value: Object) -> None:
    s = sympy()
    undefined = getattr(value, "has", lambda *_: False)(s.zoo, s.nan)
    require(not undefined, "undefined: a division by zero, or infinity minus infinity")


class _Builder:
    """One reading: the symbols so far, and whether new ones may come."""

    def __init__(self, scope: dict[str, Any], *, closed: bool) -> None:
        self.scope = scope
        self.closed = closed
        self.s = sympy()

    def any(self, tree: Tree) -> Object:
        if isinstance(tree, Number):
            return self.s.Rational(tree.value.numerator, tree.value.denominator)
        if isinstance(tree, Name):
            return self.name(tree.name)
        special = _HEADS.get(tree.head)
        if special is not None:
            return special(self, tree.args)
        if tree.head.endswith("()"):
            return self.scope[tree.head.removesuffix("()")](*self.expressions(tree.args))
        return self.function(tree.head, tree.args)

    def top(self, tree: Tree) -> Object:
        if has_sign(tree):
            readings = [self.any(reading) for reading in spread(tree)]
            return self.s.Or(*readings) if tree_is_relation(tree) else self.s.FiniteSet(*readings)
        return self.any(tree)

    def values(self, trees: Sequence[Tree]) -> list[Object]:
        return [self.any(tree) for tree in trees]

    def expressions(self, trees: Sequence[Tree]) -> list[Object]:
        """Numbers, formulas or matrices: what arithmetic is for."""
        values = self.values(trees)
        for value in values:
            fits = isinstance(value, self.s.Expr | self.s.MatrixBase)
            require(fits, f"arithmetic with a {type(value).__name__}: write numbers and formulas there")
        return values

    # names

    def name(self, name: str) -> Object:
        for spelled in (name, name.replace("_", "")):
            if spelled in self.scope:
                return self.symbol(self.scope[spelled], name)
        if name in CONSTANTS:
            return getattr(self.s.S, CONSTANTS[name])
        known = ", ".join(sorted(self.scope)) or "none"
        require(not self.closed, f"the name {name[:40]!r} is not known; the symbols here are: {known}")
        plain = name in GREEK or len(name.partition("_")[0].rstrip("0123456789")) == 1 or "_" in name
        require(plain, f"the name {name[:40]!r} is not known; symbols are single letters")
        self.scope[name] = self.s.Symbol(name)
        return self.scope[name]

    def symbol(self, value: Object, name: str) -> Object:
        require(isinstance(value, self.s.Expr), f"{name} is a function: write {name}(...)")
        return value

    def bound(self, tree: Tree) -> Object:
        """The variable of a sum or an integral, which need not be declared."""
        if not isinstance(tree, Name):
            raise Wrong("the variable of a sum, product, limit or integral is one name")
        value = self.scope.get(tree.name)
        return value if isinstance(value, self.s.Symbol) else self.s.Symbol(tree.name)

    def within(self, bound: Sequence[Object], tree: Tree) -> Object:
        """A formula in which these variables are bound."""
        inner = _Builder({**self.scope, **{symbol.name: symbol for symbol in bound}}, closed=self.closed)
        (value,) = inner.expressions([tree])
        return value

    # arithmetic and functions

    def function(self, head: str, trees: Sequence[Tree]) -> Object:
        require(head in FUNCTIONS, f"{head} cannot stand here")
        if head == "hyper":
            return self.s.hyper(*(self.row(tree) for tree in trees[:2]), self.any(trees[2]))
        values = self.expressions([_made_matrix(tree) for tree in trees] if head in _OF_MATRICES else trees)
        if head in _OF_MATRICES:
            require(isinstance(values[0], self.s.MatrixBase), f"{head} takes a matrix")
            return {"det": lambda m: m.det(), "tr": lambda m: m.trace(), "transpose": lambda m: m.T}[head](values[0])
        return getattr(self.s, head)(*values)

    def row(self, tree: Tree) -> tuple[Object, ...]:
        inner = tree.args if isinstance(tree, Apply) and tree.head in {*BRACKETS, ","} else (tree,)
        return tuple(self.expressions(inner))

    def add(self, trees: Sequence[Tree]) -> Object:
        values = self.expressions(trees)
        if not any(isinstance(value, self.s.MatrixBase) for value in values):
            return self.s.Add(*values)
        total = values[0]
        for value in values[1:]:
            total = total + value
        return total

    def multiply(self, trees: Sequence[Tree]) -> Object:
        values = self.expressions(trees)
        if not any(isinstance(value, self.s.MatrixBase) for value in values):
            return self.s.Mul(*values)
        total = values[0]
        for value in values[1:]:
            total = total * value
        return total

    def divide(self, trees: Sequence[Tree]) -> Object:
        top, bottom = self.expressions(trees)
        return top / bottom

    def power(self, trees: Sequence[Tree]) -> Object:
        base, exponent = self.expressions(trees)
        matrix_power = isinstance(base, self.s.MatrixBase)
        small = exponent.is_Integer and abs(exponent) <= 20 if matrix_power else True
        require(small, "a matrix takes a whole exponent of at most 20")
        return base**exponent

    def negative(self, trees: Sequence[Tree]) -> Object:
        return -self.expressions(trees)[0]

    def percent(self, trees: Sequence[Tree]) -> Object:
        return self.expressions(trees)[0] / self.s.Integer(100)

    def degrees(self, trees: Sequence[Tree]) -> Object:
        return self.expressions(trees)[0] * self.s.pi / 180

    # truth and sets

    def compare(self, head: str, trees: Sequence[Tree]) -> Object:
        left, right = self.any(trees[0]), self.set(trees[1]) if head == "in" else self.any(trees[1])
        if head == "in":
            return self.s.Contains(left, right, evaluate=False)
        for side in (left, right):
            require(isinstance(side, self.s.Basic | self.s.MatrixBase), "a relation stands between two formulas")
            require(not isinstance(side, self.s.Rel), "write a chain of relations without brackets")
        return getattr(self.s, _RELATION[head])(left, right, evaluate=False)

    def set(self, tree: Tree) -> Object:
        """In the place of a set (1, 2) is an interval, not a point."""
        if isinstance(tree, Apply) and tree.head in BRACKETS and len(tree.args) == 2:
            return self.interval(tree.head, tree.args)
        value = self.any(tree)
        require(isinstance(value, self.s.Set), "expected a set: {1, 2}, [0, 1), or a union of such")
        return value

    def interval(self, head: str, trees: Sequence[Tree]) -> Object:
        low, high = self.expressions(trees)
        return self.s.Interval(low, high, left_open=head[0] == "(", right_open=head[1] == ")")

    def brackets(self, head: str, trees: Sequence[Tree]) -> Object:
        if head == "[]" and len(trees) == 1:
            return self.any(trees[0])
        if head == "[]" and all(isinstance(tree, Apply) and tree.head == "[]" for tree in trees):
            return self.any(matrix(Apply(head, tuple(trees))))
        endless = any(_endless(tree) for tree in trees)
        if len(trees) == 2 and (head != "()" or endless):
            return self.interval(head, trees)
        require(head in {"()", "[]"}, f"an interval {head} has two ends")
        return self.s.Tuple(*self.values(trees))

    def matrix(self, rows: Sequence[Tree]) -> Object:
        entries = [self.expressions(row.args) for row in rows if isinstance(row, Apply)]
        return self.s.ImmutableMatrix(entries)


_OF_MATRICES = frozenset({"det", "tr", "transpose"})
_RELATION = {"=": "Eq", "!=": "Ne", "<": "Lt", "<=": "Le", ">": "Gt", ">=": "Ge"}


def tree_is_relation(tree: Tree) -> bool:
    return isinstance(tree, Apply) and tree.head in RELATIONS


def _made_matrix(tree: Tree) -> Tree:
    return matrix(tree) if isinstance(tree, Apply) and tree.head == "[]" else tree


def _endless(tree: Tree) -> bool:
    """Whether it is plus or minus infinity."""
    inner = tree.args[0] if isinstance(tree, Apply) and tree.head == "neg" else tree
    return isinstance(inner, Name) and CONSTANTS.get(inner.name) == "Infinity"


_Make = Callable[["_Builder", Sequence[Tree]], Any]


def _brackets(head: str) -> _Make:
    return lambda b, trees: b.brackets(head, trees)


def _relation(head: str) -> _Make:
    return lambda b, trees: b.compare(head, trees)


def _calculus(head: str) -> _Make:
    return lambda b, trees: calculus(b, head, trees)


_HEADS: dict[str, _Make] = {
    "+": _Builder.add,
    "*": _Builder.multiply,
    "/": _Builder.divide,
    "^": _Builder.power,
    "neg": _Builder.negative,
    "!": lambda b, trees: b.function("factorial", trees),
    "!!": lambda b, trees: b.function("factorial2", trees),
    "%": _Builder.percent,
    "deg": _Builder.degrees,
    "matrix": _Builder.matrix,
    "and": lambda b, trees: b.s.And(*b.values(trees)),
    "or": lambda b, trees: b.s.Or(*b.values(trees)),
    "union": lambda b, trees: b.s.Union(*(b.set(tree) for tree in trees)),
    "intersect": lambda b, trees: b.s.Intersection(*(b.set(tree) for tree in trees)),
    "minus": lambda b, trees: b.s.Complement(*(b.set(tree) for tree in trees)),
    "{}": lambda b, trees: b.s.FiniteSet(*b.values(trees)),
    ",": lambda b, trees: b.s.Tuple(*b.values(trees)),
    **{head: _brackets(head) for head in BRACKETS},
    **{head: _relation(head) for head in RELATIONS},
    **{head: _calculus(head) for head in CALCULUS},
}
