from __future__ import annotations

import ast

import numpy as np
import pytest

from refine.proposers.mutate import mutant
from refine.proposers.mutate.program import read, value_of
from refine.task import Grammar

MARKED = """# a comment that stays
import numpy as np

LIMIT = 7   # and   this   spacing


def outside(x):
    return x + 1  # as it is


# EVOLVE-BLOCK-START
def priority(item: int, bins: np.ndarray) -> np.ndarray:
    return -(bins - item) * 2.0
# EVOLVE-BLOCK-END


def after(x): return ( x )   # odd, and it stays
"""
INNER = """def priority(item: int, bins):
    keep = 1   # this line
    # EVOLVE-BLOCK-START
    value = item * 3 + bins
    value = value * 2
    # EVOLVE-BLOCK-END
    return value   + keep
"""
TWO = """def a(x: float):
    # EVOLVE-BLOCK-START
    y = x * 2.5
    # EVOLVE-BLOCK-END
    return y

def b(x: float):
    # EVOLVE-BLOCK-START
    z = x + 7.5
    # EVOLVE-BLOCK-END
    return z
"""


def children(text: str, number: int = 60) -> list[str]:
    grammar = Grammar(constants=(1.0,))
    return [mutant(np.random.default_rng(seed), [("p", text)], "python", grammar)[0] for seed in range(number)]


@pytest.mark.parametrize("text", [MARKED, INNER])
def test_what_is_outside_of_the_markers_stays_to_the_byte(text: str) -> None:
    start, end = text.index("EVOLVE-BLOCK-START"), text.index("EVOLVE-BLOCK-END")
    found = children(text)
    for child in found:
        ast.parse(child)
        assert child.startswith(text[:start])
        assert child.endswith(text[end:])
    assert len(set(found)) > 20


def test_an_inner_block_sees_the_names_around_it() -> None:
    assert any("keep" in child.split("START")[1].split("END")[0] for child in children(INNER, 200))


def test_each_of_several_blocks_changes() -> None:
    found = children(TWO)
    assert any("y = x * 2.5" not in child for child in found)
    assert any("z = x + 7.5" not in child for child in found)
    assert all("y = x * 2.5" in child or "z = x + 7.5" in child for child in found)


def test_a_block_without_an_end_ends_with_the_program() -> None:
    text = "def f(x: float):\n    return x\n# EVOLVE-BLOCK-START\ndef g(x: float):\n    return x * 2\n"
    program = read(text, "python")
    assert [ast.unparse(statement)[:5] for statement in program.region] == ["def g"]
    assert program.render() == text


def test_markers_around_nothing_leave_the_whole_program() -> None:
    text = "# EVOLVE-BLOCK-START\n# EVOLVE-BLOCK-END\ndef f(x: float):\n    return x * 2\n"
    assert len(read(text, "python").region) == 1


def test_decorators_and_tabs_survive() -> None:
    inside = "\t@staticmethod\n\tdef f(x: float):\n\t\treturn x * 2\n"
    text = f"class A:\n\t# EVOLVE-BLOCK-START\n{inside}\t# EVOLVE-BLOCK-END\n"
    for child in children(text, 20):
        ast.parse(child)
        assert "\t@staticmethod\n\tdef f(x: float):" in child


@pytest.mark.parametrize("text", ["def f(:", "x = 'a\0b'", "(" * 500 + ")" * 500])
def test_what_does_not_parse_is_a_syntax_error(text: str) -> None:
    with pytest.raises(SyntaxError):
        read(text, "python")


@pytest.mark.parametrize(("source", "value"), [("3", 3), ("2.5", 2.5), ("True", None), ("'3'", None), ("x", None)])
def test_the_value_of_a_literal(source: str, value: float | None) -> None:
    assert value_of(ast.parse(source, mode="eval").body) == value
