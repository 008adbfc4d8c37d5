"""Formulas as trees of our own: rewritten in place, evaluated by mpmath, handed to SymPy's polynomials.

Nothing here comes from refine: what is written with it is independent of the checker that reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import mpmath  # SymPy's own numbers, without stubs
import sympy


@dataclass(frozen=True, slots=True)
class Number:
    """A number of at least 0, and how it is written."""

    value: Fraction
    written: Literal["fraction", "decimal", "scientific"] = "fraction"


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol, or pi, e, i."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """`+` and `*` of many, `/` and `^` of two, `-` of one, or a function of `FUNCTIONS`."""

    head: str
    args: tuple[Formula, ...]


Formula = Number | Name | Apply
PI, E, UNIT = Name("pi"), Name("e"), Name("i")
CONSTANTS = {"pi": lambda: +mpmath.pi, "e": lambda: +mpmath.e, "i": lambda: mpmath.mpc(0, 1)}

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "sec": mpmath.sec, "atan": mpmath.atan,
    "exp": mpmath.exp, "log": mpmath.log, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh,
    "sqrt": mpmath.sqrt, "abs": abs, "factorial": mpmath.factorial, "binomial": mpmath.binomial, "gamma": mpmath.gamma,
    "logb": lambda base, x: mpmath.log(x) / mpmath.log(base),
}  # fmt: skip


# ---- making them -----------------------------------------------------------------------------------------------------


def num(value: Fraction | int, written: Literal["fraction", "decimal", "scientific"] = "fraction") -> Formula:
    """A number of either sign."""
    size = Number(abs(Fraction(value)), written)
    return Apply("-", (size,)) if value < 0 else size


def add(*args: Formula) -> Formula:
    return _flat("+", args)


def mul(*args: Formula) -> Formula:
    return _flat("*", args)


def _flat(head: str, args: Sequence[Formula]) -> Formula:
    parts = [part for arg in args for part in (arg.args if isinstance(arg, Apply) and arg.head == head else (arg,))]
    return parts[0] if len(parts) == 1 else Apply(head, tuple(parts))


def sub(a: Formula, b: Formula) -> Formula:
    return add(a, neg(b))


def neg(a: Formula) -> Formula:
    return a.args[0] if isinstance(a, Apply) and a.head == "-" else Apply("-", (a,))


def div(a: Formula, b: Formula) -> Formula:
    return Apply("/", (a, b))


def power(a: Formula, b: Formula | int | Fraction) -> Formula:
    return Apply("^", (a, num(b) if isinstance(b, int | Fraction) else b))


def call(head: str, *args: Formula) -> Formula:
    return Apply(head, args)


def is_a(f: Formula, *heads: str) -> bool:
    return isinstance(f, Apply) and f.head in heads


# ---- places in them --------------------------------------------------------------------------------------------------

Path = tuple[int, ...]


def places(f: Formula, at: Path = ()) -> Iterator[tuple[Path, Formula]]:
    """Every subformula, with the way to it."""
    yield at, f
    if isinstance(f, Apply):
        for i, arg in enumerate(f.args):
            yield from places(arg, (*at, i))


def replaced(f: Formula, at: Path, new: Formula) -> Formula:
    if not at:
        return new
    assert isinstance(f, Apply)
    args = [replaced(arg, at[1:], new) if i == at[0] else arg for i, arg in enumerate(f.args)]
    return _flat(f.head, args) if f.head in "+*" else Apply(f.head, tuple(args))


# ---- their values ----------------------------------------------------------------------------------------------------


def value(f: Formula, at: Mapping[str, Any]) -> Any:  # noqa: ANN401 - mpmath's numbers
    """At mpmath's own precision. Raises ArithmeticError or ValueError where there is none."""
    if isinstance(f, Number):
        return mpmath.mpf(f.value.numerator) / f.value.denominator
    if isinstance(f, Name):
        return at[f.name] if f.name in at else CONSTANTS[f.name]()
    return _VALUES[f.head](*(value(arg, at) for arg in f.args))


_VALUES: dict[str, Callable[..., Any]] = FUNCTIONS | {
    "+": lambda *args: mpmath.fsum(args),
    "*": lambda *args: mpmath.fprod(args),
    "-": lambda a: -a,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


def symbols(*formulas: Formula) -> list[str]:
    """The names in them, but for the constants."""
    found = {part.name for f in formulas for _, part in places(f) if isinstance(part, Name)}
    return sorted(found - CONSTANTS.keys())


# ---- SymPy's polynomials ---------------------------------------------------------------------------------------------


def to_sympy(f: Formula) -> Any:  # noqa: ANN401
    """Of a rational function; KeyError for anything else."""
    if isinstance(f, Number):
        return sympy.Rational(f.value.numerator, f.value.denominator)
    if isinstance(f, Name):
        return sympy.Symbol(f.name)
    args = [to_sympy(arg) for arg in f.args]
    return _OPERATIONS[f.head](*args)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": sympy.Add,
    "*": sympy.Mul,
    "-": lambda a: -a,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


def from_sympy(expr: Any) -> Formula:  # noqa: ANN401
    """Of a rational function over Q."""
    if expr.is_Rational:
        return num(Fraction(int(expr.p), int(expr.q)))
    if expr.is_Symbol:
        return Name(expr.name)
    if expr.is_Add:
        return add(*(from_sympy(arg) for arg in expr.args))
    if expr.is_Mul:
        return _product(expr)
    assert expr.is_Pow
    below = expr.exp.is_negative
    base = from_sympy(expr.base)
    raised = base if abs(expr.exp) == 1 else power(base, int(abs(expr.exp)))
    return div(num(1), raised) if below else raised


def _product(expr: Any) -> Formula:  # noqa: ANN401
    top, bottom = expr.as_numer_denom()
    if bottom != 1:
        return div(from_sympy(top), from_sympy(bottom))
    sign, rest = (-1, -expr) if expr.could_extract_minus_sign() else (1, expr)
    made = mul(*(from_sympy(arg) for arg in sympy.Mul.make_args(rest)))
    return neg(made) if sign < 0 else made
