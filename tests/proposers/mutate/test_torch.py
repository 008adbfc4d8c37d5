"""Programs over torch's tensors: mutated by the spelling that torch has. No torch is needed to see that."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from refine.proposers.mutate import mutant
from refine.task import Grammar

SEED = """
import torch


def shape(q: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return -torch.log(q) + torch.sum(torch.nn.functional.softplus(x), dim=1)
"""
GRAMMAR = Grammar(terminals=("q", "1 - q"), functions=("torch.exp", "torch.nn.functional.logsigmoid"))
TENSORS = {"q", "x"}


def made(count: int) -> list[ast.AST]:
    """All nodes of `count` mutants, each of the one before or of the seed."""
    rng = np.random.default_rng(0)
    parents, found = [SEED], list[ast.AST]()
    for _ in range(count):
        text, _ = mutant(rng, [("a", parents[int(rng.integers(len(parents)))])], "python", GRAMMAR)
        parents.append(text)
        found += ast.walk(ast.parse(text))
    return found


@pytest.fixture(scope="module")
def nodes() -> list[ast.AST]:
    return made(300)


def calls(nodes: list[ast.AST], name: str) -> list[ast.Call]:
    return [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == name]


def test_a_choice_between_tensors_is_torchs_own(nodes: list[ast.AST]) -> None:
    assert calls(nodes, "torch.where")
    tests = [node.test for node in nodes if isinstance(node, ast.IfExp)]
    used = {name.id for test in tests for name in ast.walk(test) if isinstance(name, ast.Name)}
    assert not used & TENSORS


def test_a_bound_is_a_clamp_of_no_number(nodes: list[ast.AST]) -> None:
    bounds = calls(nodes, "torch.clamp")
    assert bounds
    assert {word.arg for call in bounds for word in call.keywords} == {"min", "max"}
    assert not [call for call in bounds if isinstance(call.args[0], ast.Constant)]
    assert not calls(nodes, "torch.maximum") + calls(nodes, "torch.minimum")


@pytest.mark.parametrize("function", GRAMMAR.functions)
def test_functions_are_applied_to_what_has_a_tensor_in_it(nodes: list[ast.AST], function: str) -> None:
    given = [call.args[0] for call in calls(nodes, function)]
    assert given
    alone = [arg for arg in given if not any(isinstance(node, ast.Name) for node in ast.walk(arg))]
    assert len(alone) <= len(given) // 20, "later mutations may put a number there, the first one never does"


def test_a_reduction_along_an_axis_is_a_tensor(nodes: list[ast.AST]) -> None:
    whole = [node for node in nodes if isinstance(node, ast.Return)]
    assert not [node for node in whole if isinstance(node.value, ast.Constant)]
