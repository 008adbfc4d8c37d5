"""Calls by name: how many arguments a function takes, its other spellings, and calls that are no functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refine.errors import Wrong, require
from refine.verifiers.symbolic.grammar_names import FUNCTIONS, INVERTIBLE, LOG2, LOG10
from refine.verifiers.symbolic.tree import CALCULUS, Apply, Name, Tree, whole

_RELATIONS = {"Eq": "=", "Ne": "!=", "Lt": "<", "Le": "<=", "Gt": ">", "Ge": ">="}
_JOINED = {"And": "and", "Or": "or", "Union": "union"}


def call(name: str, arguments: Sequence[Tree]) -> Tree:
    """The function applied, under its canonical name.

    Raises:
        Wrong: it takes another number of arguments.
    """
    if name in {LOG10, LOG2}:
        require(len(arguments) == 1, f"{name} takes 1 argument, not {len(arguments)}")
        return Apply("log", (*arguments, whole(10 if name == LOG10 else 2)))
    function = FUNCTIONS[name]
    few, many = function.least, function.most
    takes = f"{few}" if few == many else f"{few} to {many}"
    require(few <= len(arguments) <= many, f"{name} takes {takes} argument(s), not {len(arguments)}")
    return Apply(function.name, tuple(arguments))


def inverse(name: str, arguments: Sequence[Tree]) -> Tree:
    """sin^{-1} x is the inverse sine.

    Raises:
        Wrong: the function is no trigonometric or hyperbolic one; an inverse of it could be meant, or 1/f(x).
    """
    canonical = FUNCTIONS[name].name if name in FUNCTIONS else name
    require(canonical in INVERTIBLE, f"{name}^-1 is ambiguous: write 1/{name}(x), or the inverse function by its name")
    return call(INVERTIBLE[canonical], arguments)


def structure(name: str, arguments: Sequence[Tree]) -> Tree:
    """What SymPy prints as a call and is no function: Matrix, Eq, And, Interval, FiniteSet, Union, Sum, ...

    Raises:
        Wrong: its arguments do not fit.
    """
    if name in CALCULUS:
        require(len(arguments) >= 1, f"{name} needs an argument")
        return Apply(name, tuple(arguments))
    if name in _RELATIONS:
        require(len(arguments) == 2, f"{name} takes 2 arguments")
        return Apply(_RELATIONS[name], tuple(arguments))
    if name in _JOINED:
        require(arguments, f"{name} needs arguments")
        return arguments[0] if len(arguments) == 1 else Apply(_JOINED[name], tuple(arguments))
    return _OTHERS[name](arguments)


def _interval(arguments: Sequence[Tree]) -> Tree:
    require(2 <= len(arguments) <= 4, "Interval takes its ends, and whether they are open")
    flags = [isinstance(flag, Name) and flag.name in {"True", "true"} for flag in arguments[2:]] + [False, False]
    return Apply("(["[not flags[0]] + ")]"[not flags[1]], tuple(arguments[:2]))


def _opened(left: str, right: str) -> Callable[[Sequence[Tree]], Tree]:
    def make(arguments: Sequence[Tree]) -> Tree:
        require(len(arguments) == 2, "an interval has two ends")
        return Apply(left + right, tuple(arguments))

    return make


def _matrix(arguments: Sequence[Tree]) -> Tree:
    require(len(arguments) == 1, "Matrix takes one list of rows")
    return matrix(arguments[0])


def matrix(rows: Tree) -> Tree:
    """A list of rows, or of entries of one column, as a matrix.

    Raises:
        Wrong: the rows differ in length, or there are none.
    """
    if not isinstance(rows, Apply) or rows.head not in {"[]", "()"} or not rows.args:
        raise Wrong("write a matrix as a list of rows: [[1, 2], [3, 4]]")
    return matrix_of([row.args if isinstance(row, Apply) and row.head in {"[]", "()"} else (row,) for row in rows.args])


def matrix_of(rows: Sequence[Sequence[Tree]]) -> Tree:
    require(rows and rows[0], "the matrix is empty")
    require(len({len(row) for row in rows}) == 1, "the rows of the matrix differ in length")
    return Apply("matrix", tuple(Apply("row", tuple(row)) for row in rows))


def _set(arguments: Sequence[Tree]) -> Tree:
    return Apply("{}", tuple(arguments))


def _tuple(arguments: Sequence[Tree]) -> Tree:
    require(arguments, "the tuple is empty")
    return Apply("()", tuple(arguments))


_OTHERS: dict[str, Callable[[Sequence[Tree]], Tree]] = {
    "Interval": _interval,
    "Interval.open": _opened("(", ")"),
    "Interval.Lopen": _opened("(", "]"),
    "Interval.Ropen": _opened("[", ")"),
    "Matrix": _matrix,
    "FiniteSet": _set,
    "Set": _set,
    "Tuple": _tuple,
}
