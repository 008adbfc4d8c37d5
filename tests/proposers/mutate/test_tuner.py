from __future__ import annotations

import ast

import numpy as np

from refine.proposers.mutate import tuner
from refine.proposers.mutate.program import read
from refine.proposers.mutate.simplify import simplify
from refine.proposers.mutate.sites import outline, survey

TEXT = "def f(x: float, n: int):\n    y = [1, 2, 3][n] * 0.0\n    return 40.0 * x ** 2 + 0.001 + y * sum(range(5))\n"


def constants(text: str) -> tuner.Constants:
    program = read(text, "python")
    return survey(program, outline(program.tree)).constants


def test_steps_are_relative_and_of_many_sizes() -> None:
    sizes = []
    for seed in range(400):
        found = constants("def f(x: float):\n    return x * 40.0\n")
        tuner.step(np.random.default_rng(seed), found)
        sizes.append(abs(tuner.values(found)[0] - 40.0) / 40.0)
    assert np.quantile(sizes, 0.1) < 0.005
    assert np.quantile(sizes, 0.9) > 0.3


def test_exponents_counts_and_indices_stay_integers() -> None:
    for seed in range(100):
        found = constants(TEXT)
        whole = [node for node, integer in found if integer]
        assert sorted(str(node.value) for node in whole) == ["2", "5"]
        tuner.step(np.random.default_rng(seed), found)
        assert all(isinstance(node.value, int) for node in whole)


def test_zero_can_move() -> None:
    moved = set()
    for seed in range(20):
        found = constants("def f(x: float):\n    return x + 0.0\n")
        tuner.step(np.random.default_rng(seed), found)
        moved.add(tuner.values(found)[0])
    assert len(moved) > 15


def test_along_stays_on_the_line_or_where_it_was() -> None:
    for seed in range(50):
        found = constants("def f(x: float):\n    return 1.0 + x * 10.0\n")
        tuner.along(np.random.default_rng(seed), found, [2.0, 20.0])
        first, second = tuner.values(found)
        if first != 1.0 and second != 10.0:
            assert np.isclose((first - 1.0) * 10.0, second - 10.0, atol=0.02)


def test_programs_that_differ_in_numbers_only_share_a_skeleton() -> None:
    a, b, c = (read(f"def f(x: float):\n    return x {tail}\n", "python") for tail in ("* 2", "* 3.5", "+ 2"))
    assert tuner.skeleton(a) == tuner.skeleton(b)
    assert tuner.skeleton(a) != tuner.skeleton(c)


def test_numbers_fold_and_nothing_else_does() -> None:
    program = read("def f(x: float):\n    return --x * (2 + 3 * -4) / 0 + 1 / 3 + '1' * 2\n", "python")
    simplify(program)
    assert ast.unparse(program.tree).endswith("return x * -10 / 0 + 0.33333 + '1' * 2")
