"""Steps for the numbers in a program: constants belong to a numeric search, not to tree surgery.

Step sizes are a mixture over three decades, so that no schedule is needed: some steps are always of the right size.
Where another parent is the same program with other numbers, the difference of the two is a direction (as in
differential evolution).
"""

from __future__ import annotations

import ast
import math

import numpy as np

from refine.proposers.mutate.grammar import rounded
from refine.proposers.mutate.program import Program, nodes, value_of

Constants = list[tuple[ast.Constant, bool]]


def step(rng: np.random.Generator, constants: Constants) -> int:
    """Moves one, some or all of the numbers by one step size. Returns how many changed."""
    share = (0.0, 0.0, 0.4, 1.0)[int(rng.random() * 4)]
    chosen = [pair for pair in constants if rng.random() < share]
    chosen = chosen or [constants[int(rng.random() * len(constants))]]
    size = 10.0 ** rng.uniform(-2.5, 0.2)
    return sum(_write(node, _moved(rng, _value(node), size), integer=whole) for node, whole in chosen)


def along(rng: np.random.Generator, constants: Constants, other: list[float]) -> int:
    """Moves all numbers on the line through those of another parent, some of them kept. Returns how many changed."""
    factor, kept = rng.normal(0.0, 0.8), rng.uniform(0.0, 0.7)
    changed = 0
    for (node, whole), theirs in zip(constants, other, strict=True):
        if rng.random() >= kept:
            changed += _write(node, _value(node) + factor * (theirs - _value(node)), integer=whole)
    return changed


def values(constants: Constants) -> list[float]:
    return [_value(node) for node, _ in constants]


def _value(node: ast.Constant) -> float:
    value = value_of(node)
    assert value is not None, "a survey lists numbers only"
    return float(value)


def skeleton(program: Program) -> list[str]:
    """Types and names of all nodes but numbers, in order: what two programs share that differ in numbers only."""
    return [_label(node) for statement in program.region for node in nodes(statement)]


def _label(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return repr(node.value) if value_of(node) is None else "number"
    name = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "arg", None)
    return f"{type(node).__name__} {name}"


def _moved(rng: np.random.Generator, value: float, size: float) -> float:
    """A gaussian step, relative to the magnitude; of 0, and sometimes of others, an absolute one."""
    if value == 0.0 or rng.random() < 0.25:
        return value + 3.0 * size * rng.standard_normal()
    return value * math.exp(min(size * rng.standard_normal(), 50.0))


def _write(node: ast.Constant, value: float, *, integer: bool) -> bool:
    """Puts a number into the tree, in place; whether it is another one than before."""
    if not math.isfinite(value) or abs(value) > 1e15:
        return False
    before = value_of(node)
    if integer:
        assert isinstance(before, int)
        node.value = max(0, round(value)) if round(value) != before else max(0, before + (1 if value > before else -1))
        return node.value != before
    if rounded(value) == before:
        return False
    node.value = rounded(value)
    return True
