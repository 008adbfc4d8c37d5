from __future__ import annotations

import ast

import numpy as np
import pytest

from refine.proposers.mutate import mutant
from refine.proposers.mutate.grammar import vocabulary
from refine.proposers.mutate.program import read
from refine.proposers.mutate.sites import Scope, Survey, kind_of, outline, survey
from refine.task import Grammar

SCOPE: Scope = {"a": "array", "x": "scalar", "things": "other"}


def places(text: str) -> Survey:
    program = read(text, "python")
    return survey(program, outline(program.tree))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("3", "scalar"),
        ("True", "condition"),
        ("'text'", None),
        ("a + 1", "array"),
        ("-x ** 2", "scalar"),
        ("x < 3 and x > 1", "condition"),
        ("np.exp(a)", "array"),
        ("np.max(a)", "scalar"),
        ("np.exp(x)", "scalar"),
        ("math.sqrt(x)", "scalar"),
        ("np.zeros(3)", "array"),
        ("np.random.default_rng(3)", None),
        ("a[0]", "scalar"),
        ("a[1:]", "array"),
        ("a[a > 3]", "array"),
        ("things", None),
        ("things[0]", "scalar"),
        ("things[1:]", None),
        ("things['key']", None),
        ("things[0] + unknown", "scalar"),
        ("[0] * x", None),
        ("x if x > 1 else a", "array"),
        ("math.pi", "scalar"),
        ("unknown(x)", None),
    ],
)
def test_what_a_value_is(source: str, kind: str | None) -> None:
    assert kind_of(ast.parse(source, mode="eval").body, SCOPE) == kind


def test_names_come_into_scope_after_their_assignment() -> None:
    found = places("def f(x: float):\n    y = x + 1\n    return y * 2\n")
    first = next(s for s in found.sites if ast.unparse(s.node) == "x + 1")
    last = next(s for s in found.sites if ast.unparse(s.node) == "y * 2")
    assert set(first.scope) == {"x"}
    assert set(last.scope) == {"x", "y"}
    assert last.result
    assert not first.result


def test_names_of_a_comprehension_stay_in_it() -> None:
    found = places("def f(n: int):\n    v = [i * 2 for i in range(n)]\n    return n * 3\n")
    scopes = {ast.unparse(site.node): set(site.scope) for site in found.sites}
    assert scopes["i * 2"] == {"n", "i"}
    assert scopes["n * 3"] == {"n", "v"}


def test_arguments_are_typed_by_annotation_then_by_use() -> None:
    text = (
        "import numpy as np\ndef f(a: np.ndarray, k: int, used, unused, words: list[str]):\n    return a * used + k\n"
    )
    scope = places(text).sites[0].scope
    assert scope == {"a": "array", "k": "scalar", "used": "array", "unused": "other", "words": "other"}


def test_no_array_is_asked_for_its_truth() -> None:
    text = "import numpy as np\ndef f(a: np.ndarray, k: int):\n    if k > 3:\n        return a\n    return -a\n"
    tests = [site for site in places(text).sites if "k > 3" in ast.unparse(site.holder) and site.kind == "condition"]
    assert tests
    assert all("a" not in site.scope for site in tests)


def test_a_program_of_no_known_number_changes_by_the_tasks_terminals() -> None:
    grammar = Grammar(terminals=("element[0]", "sum(a == b for a, b in zip(element, element[::-1]))"))
    text = "def priority(element, n):\n    return 0.0\n"
    found = [mutant(np.random.default_rng(k), [("p", text)], "python", grammar)[0] for k in range(80)]
    assert any("element[0]" in child for child in found)
    assert any("sum(" in child for child in found)


def test_only_imported_modules_are_used() -> None:
    grammar = Grammar(functions=("np.exp", "math.sqrt", "abs"))
    tree = ast.parse("import math\n")
    assert vocabulary(tree, grammar, expression=False).functions == ("math.sqrt", "abs")
    assert vocabulary(tree, grammar, expression=True).functions == grammar.functions
