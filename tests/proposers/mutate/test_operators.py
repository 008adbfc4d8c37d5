"""Laws of mutation: whatever is done to whatever program, the child is a program of the same interface."""

from __future__ import annotations

import ast
import contextlib
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.proposers.mutate import MAX_NODES, mutant
from refine.proposers.mutate.operators import OPERATORS, Bench, Operator
from refine.proposers.mutate.program import read
from refine.proposers.mutate.sites import survey
from refine.proposers.mutate.study import study
from refine.task import Grammar

ARRAYS = """import numpy as np

SCALE = 3.0

def priority(item: int, bins: np.ndarray) -> np.ndarray:
    '''Of each bin.'''
    gap = bins - item
    value = -gap * SCALE
    value += np.where(gap < 3, 1.5, 0)
    if item > 50:
        value = value * 2
    return value
"""
SCALARS = """import math

class Walk:
    def step(self, x: float, *, rate=0.5):
        return [x + rate * k ** 2 for k in range(3)]

def scaled(a, b=2):
    return a * b if a > b else math.sqrt(abs(a))

def pack(n: int):
    k = int(n**0.5) + 1
    total = 0.0
    for i in range(n):
        total += i / k
        while total > 10:
            total = total - 1
    return [((i % k + .5) / k, f"{total!r}", scaled(total)) for i in range(n)]
"""
ODD = """from __future__ import annotations
import asyncio, numpy
async def main(*args, **kwargs):
    async with asyncio.timeout(1) as t, open("x") as f:
        pass
    match kwargs:
        case {"a": [1, *rest], **other} if 1 < 2 < 3:
            return rest
        case _:
            pass
    try:
        x = (y := 3) + -1 ** 2
    except* (ValueError, TypeError) as e:
        raise RuntimeError from e
    else:
        x = lambda q, /, r=1, *s: q + r - 1
    finally:
        del t
    global z; z = {**kwargs, 'k': not True}
    yield x if x else await main(*args, numpy.array([1, 2])[::-1][0])
@staticmethod
def tiny(): return 1
"""
TINY = "def f(): pass\n"
PROGRAMS = (ARRAYS, SCALARS, ODD, TINY)
GRAMMAR = Grammar(terminals=("bins - item", "x"), functions=("np.exp",), constants=(1.0, 0.5))


def signatures(text: str) -> list[tuple[str, str]]:
    """Names and arguments of all functions and classes, in order."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((node.name, ast.dump(node.args)))
        elif isinstance(node, ast.ClassDef):
            found.append((node.name, ""))
    return sorted(found)


seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds, which=st.lists(st.sampled_from(PROGRAMS), min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_a_child_parses_and_keeps_names_and_signatures(seed: int, which: list[str]) -> None:
    rng = np.random.default_rng(seed)
    parents = [(str(k), text) for k, text in enumerate(which)]
    text, note = mutant(rng, parents, "python", GRAMMAR)
    base = which[int(note[0])]
    assert signatures(text) == signatures(base)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("operator", [op for _, op in OPERATORS])
def test_every_operator_leaves_a_tree_that_can_be_written_and_read(operator: Operator, program: str) -> None:
    other = study(program.replace("2", "4"), "python", GRAMMAR, 0)
    for seed in range(12):
        tree = read(program, "python")
        parent = study(program, "python", GRAMMAR, 0)
        places = survey(tree, parent.known)
        note = operator(Bench(np.random.default_rng(seed), tree, places, parent.words, [("abc", other)]))
        changed = tree.render()
        assert signatures(changed) == signatures(program)
        if note is None:
            assert changed == parent.plain


@pytest.mark.parametrize("operator", [op for _, op in OPERATORS])
def test_every_operator_applies_somewhere(operator: Operator) -> None:
    notes = set()
    for program, seed in itertools.product((ARRAYS, SCALARS, ODD), range(30)):
        parent = study(program, "python", GRAMMAR, 0)
        other = study(program.replace("3", "7"), "python", GRAMMAR, 0)
        tree = read(program, "python")
        notes.add(
            operator(Bench(np.random.default_rng(seed), tree, survey(tree, parent.known), parent.words, [("x", other)]))
        )
    assert notes - {None}


def test_the_parent_is_read_only() -> None:
    parent = study(ARRAYS, "python", GRAMMAR, 0)
    other = study(ARRAYS.replace("3", "7"), "python", GRAMMAR, 0)
    for seed in range(100):
        mutant(np.random.default_rng(seed), [("a", ARRAYS), ("b", ARRAYS.replace("3", "7"))], "python", GRAMMAR)
    assert parent.program.render() == read(ARRAYS, "python").render()
    assert other.program.render() == read(ARRAYS.replace("3", "7"), "python").render()


def test_a_program_cannot_grow_without_end() -> None:
    text = ARRAYS
    for seed in range(300):
        before = read(text, "python").size()
        text, _ = mutant(np.random.default_rng(seed), [("p", text)], "python", GRAMMAR)
        assert read(text, "python").size() <= max(before, MAX_NODES)


def test_most_children_of_an_array_program_run_and_give_an_array_of_the_same_shape() -> None:
    bins = np.arange(7, 101)
    good = 0
    for seed in range(200):
        text, _ = mutant(np.random.default_rng(seed), [("p", ARRAYS)], "python", GRAMMAR)
        space: dict[str, object] = {}
        exec(compile(text, "child", "exec"), space)  # noqa: S102 - our own mutants of a harmless program
        function = space["priority"]
        assert callable(function)
        with np.errstate(all="ignore"), contextlib.suppress(TypeError, ValueError, ZeroDivisionError):
            good += np.shape(function(7, bins)) == bins.shape
    assert good >= 180
