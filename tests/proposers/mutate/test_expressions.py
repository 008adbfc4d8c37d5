"""Mutation of expressions: what is made stays in the language that the examples show, and keeps the tuple's shape."""

from __future__ import annotations

import ast
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.proposers.mutate.expressions import EDITS, LARGEST, Bench, Edit, Parent, components, mutated, worth
from refine.proposers.mutate.language import grow, literal, words
from refine.proposers.mutate.program import nodes
from refine.proposers.mutate.reduce import reduced
from refine.task import Grammar
from refine.types import Outcome, Verdict

PLAIN = Grammar(terminals=("n + 1", "2*n - 1", "2**n"))
BITS = Grammar(terminals=("x & y", "x ^ y", "x >> 1", "~x", "x < y"), constants=(31,))
WAVES = Grammar(terminals=("x", "C*v"), functions=("sin", "exp"), constants=(0.5,))
LANGUAGES = (
    (PLAIN, "(n, n*n/2, n - 3)"),
    (BITS, "(x + y, x & 1, y)"),
    (WAVES, "(C*x, sin(v) + 1)"),
    (PLAIN, "n*(n + 1)"),
)


def many(parents: list[Parent], grammar: Grammar, count: int = 150) -> list[tuple[str, str]]:
    return [mutated(np.random.default_rng(seed), parents, grammar) for seed in range(count)]


@given(st.integers(0, 2**32), st.sampled_from(LANGUAGES))
@settings(max_examples=80, deadline=None)
def test_a_child_is_an_expression_of_the_same_shape_and_language(seed: int, language: tuple[Grammar, str]) -> None:
    grammar, text = language
    parents = [Parent("one", text), Parent("two", text.replace("1", "4"))]
    child, note = mutated(np.random.default_rng(seed), parents, grammar)
    assert len(components(child)) == len(components(text))
    assert note.split(":")[0] in ("one", "two")
    known = words(tuple(p.text for p in parents), grammar)
    for node in nodes(ast.parse(child, mode="eval")):
        match node:
            case ast.BinOp(op=op):
                assert type(op) in known.operators
            case ast.Call(func=ast.Name(id=name)):
                assert name in grammar.functions
            case ast.Name(id=name):
                assert name in {*known.variables, *grammar.functions}
            case ast.Compare():
                assert known.comparisons
            case ast.IfExp() | ast.BoolOp() | ast.Subscript() | ast.Attribute():
                raise AssertionError(child)


@pytest.mark.parametrize(("grammar", "text"), LANGUAGES)
def test_children_differ_from_their_parent_and_from_each_other(grammar: Grammar, text: str) -> None:
    made = many([Parent("p", text)], grammar)
    assert all(ast.dump(ast.parse(child)) != ast.dump(ast.parse(text)) for child, _ in made)
    assert len({child for child, _ in made}) > 80
    assert made == many([Parent("p", text)], grammar)


def test_operators_are_those_that_the_examples_show() -> None:
    assert ast.Div in words(("n",), PLAIN).operators
    assert ast.BitAnd not in words(("n",), PLAIN).operators
    shown = words(("x",), BITS)
    assert {ast.BitAnd, ast.BitXor, ast.RShift, ast.Add} <= set(shown.operators)
    assert not {ast.Div, ast.Pow} & set(shown.operators)
    assert shown.comparisons == (ast.Lt,)
    assert ast.Invert in shown.signs
    assert not words(("n",), PLAIN).decimals
    assert words(("n",), WAVES).decimals
    assert words(("n",), WAVES).variables == ("C", "n", "v", "x")


A = Parent("a", "(n + 11, n + 12, n + 13)", (1.0, 0.0, 0.5))
B = Parent("b", "(n + 21, n + 22, n + 23)", (0.0, 1.0, 0.5))


def test_the_better_components_of_two_parents_come_together() -> None:
    both = [child for child, _ in many([A, B], Grammar(), 250)]
    assert both.count("(n + 11, n + 22, n + 13)") + both.count("(n + 11, n + 22, n + 23)") > 10
    unknown = [child for child, _ in many([Parent(p.name, p.text) for p in (A, B)], Grammar(), 250)]
    assert any("n + 2" in child and "n + 1" in child for child in unknown)


def test_a_mask_of_bits_keeps_all_its_digits() -> None:
    made = [child for child, _ in many([Parent("p", "x & 1")], Grammar(constants=(0x55555555,)), 300)]
    assert any(str(0x55555555) in child for child in made)
    assert ast.unparse(literal(-0x33333333)) == str(-0x33333333)
    assert ast.unparse(literal(1 / 3)) == "0.33333"


def test_what_is_best_is_changed_least() -> None:
    changed: Counter[int] = Counter()
    for child, _ in many([A], Grammar(), 200):
        parts = [ast.unparse(part) for part in components(child)]
        changed.update(
            k for k, (new, old) in enumerate(zip(parts, ["n + 11", "n + 12", "n + 13"], strict=True)) if new != old
        )
    assert changed[0] < changed[1] / 2
    assert changed[0] > 0


def test_parents_of_another_length_give_nothing() -> None:
    children = many([Parent("a", "(n, n)"), Parent("b", "(n, n, n)")], PLAIN, 60)
    assert {len(components(child)) for child, _ in children} == {2, 3}


def test_instances_in_groups_are_what_components_are_worth() -> None:
    outcome = Outcome(verdict=Verdict.PASSED, score=1.0, instances={"a": 1.0, "b": 2.0, "c": 3.0, "d": 5.0})
    assert worth(outcome, "maximize", 4) == (1.0, 2.0, 3.0, 5.0)
    assert worth(outcome, "minimize", 2) == (-3.0, -8.0)
    assert worth(outcome, "maximize", 3) == ()
    assert worth(Outcome(verdict=Verdict.PASSED, score=1.0), "maximize", 1) == ()


def test_formulas_do_not_grow_without_end() -> None:
    text = "(n, n)"
    for seed in range(250):
        text, _ = mutated(np.random.default_rng(seed), [Parent("p", text)], PLAIN)
    assert all(len(nodes(part)) <= LARGEST for part in components(text))


@pytest.mark.parametrize("edit", [edit for _, edit in EDITS])
def test_every_edit_applies_somewhere_and_leaves_a_formula(edit: Edit) -> None:
    notes = set()
    for seed in range(40):
        tree = ast.parse("n*(n + 2) - 3", mode="eval")
        donors = [ast.parse("7*n", mode="eval").body]
        notes.add(edit(Bench(np.random.default_rng(seed), words(("n*(n + 2) - 3",), PLAIN), donors), tree))
        ast.parse(ast.unparse(tree), mode="eval")
    assert any(notes)


@given(st.integers(0, 2**32), st.integers(1, 9))
@settings(max_examples=100, deadline=None)
def test_reducing_keeps_the_value(seed: int, n: int) -> None:
    grammar = Grammar(terminals=("n + 1", "1*n", "n/1", "n + 0", "0 + n", "-(-n)", "+n", "6/3", "2 - 5"))
    tree = grow(np.random.default_rng(seed), words(("n",), grammar), 3)
    text, size = ast.unparse(tree), len(nodes(tree))
    after = reduced(ast.parse(text, mode="eval").body)
    assert len(nodes(after)) <= size
    try:
        before = eval(text, {"n": Fraction(n)})  # noqa: S307 - our own formula
    except (ZeroDivisionError, OverflowError):
        return
    if abs(before) < 10**9:
        assert eval(ast.unparse(after), {"n": Fraction(n)}) == pytest.approx(float(before), rel=1e-9)  # noqa: S307


@pytest.mark.parametrize(
    ("text", "simpler"),
    [
        ("--n", "n"),
        ("n*1 + 0", "n"),
        ("1*(2 + 3*4)", "14"),
        ("6/3", "2"),
        ("1/3", "1 / 3"),
        ("~~n", "n"),
        ("n/0", "n / 0"),
    ],
)
def test_what_is_reduced(text: str, simpler: str) -> None:
    assert ast.unparse(reduced(ast.parse(text, mode="eval").body)) == simpler
