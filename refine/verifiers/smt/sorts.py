"""What a variable ranges over, and the Z3 terms that belong to it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from refine.errors import MissingExtra

MOST_BITS = 128


@dataclass(frozen=True, slots=True)
class BitVec:
    """A machine word: integers modulo 2^bits, in two's complement.

    Attributes:
        bits: 1 to 128.
        signed: whether comparisons, `>>`, `//`, `%`, abs, min and max take the first bit for a sign.
    """

    bits: int
    signed: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= MOST_BITS:
            raise ValueError(f"a word of {self.bits} bits: 1 to {MOST_BITS} are possible")


@dataclass(frozen=True, slots=True)
class Int:
    """All integers."""


@dataclass(frozen=True, slots=True)
class Real:
    """All real numbers."""


Sort = BitVec | Int | Real


def z3() -> Any:  # noqa: ANN401 - the module, which has no types
    """The package, imported only where something is decided. Raises MissingExtra."""
    try:
        return importlib.import_module("z3")  # here and not above: 0.1 s and 60 MB
    except ModuleNotFoundError:
        raise MissingExtra("z3-solver", "smt") from None


def variable(name: str, sort: Sort) -> Any:  # noqa: ANN401 - a Z3 term
    match sort:
        case BitVec(bits=bits):
            return z3().BitVec(name, bits)
        case Int():
            return z3().Int(name)
        case Real():
            return z3().Real(name)


def literal(value: int, sort: Sort) -> Any:  # noqa: ANN401 - a Z3 term
    match sort:
        case BitVec(bits=bits):
            return z3().BitVecVal(value, bits)
        case Int():
            return z3().IntVal(value)
        case Real():
            return z3().RealVal(value)


def written(value: str, sort: Sort) -> str:
    """A model's value as people write it: a signed word with its sign."""
    if isinstance(sort, BitVec) and sort.signed and value.isdigit() and int(value) >= 2 ** (sort.bits - 1):
        return str(int(value) - 2**sort.bits)
    return value


def everything(sorts: list[Sort]) -> str:
    """What "all inputs" means: "all 2^64 inputs", "all integers", "all real numbers"."""
    if all(isinstance(sort, BitVec) for sort in sorts):
        return f"all 2^{sum(sort.bits for sort in sorts if isinstance(sort, BitVec))} inputs"
    return "all integers" if all(isinstance(sort, Int) for sort in sorts) else "all real numbers"
