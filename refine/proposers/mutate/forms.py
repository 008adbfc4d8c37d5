"""Which forms a language has: an expression takes calls, conditions and decimals only where somebody shows some."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Literal

from refine.proposers.mutate.program import nodes
from refine.task import Grammar, Language

Form = Literal["call", "condition", "decimal"]


def forms(parents: Iterable[str], grammar: Grammar) -> frozenset[Form]:
    """What the parents use and the grammar offers."""
    shown = [forms_of(text, "expression") for text in [*parents, *grammar.terminals]]
    called: set[Form] = {"call"} if grammar.functions else set()
    decimals: set[Form] = {"decimal"} if any(not value.is_integer() for value in grammar.constants) else set()
    return frozenset().union(*shown, called, decimals)


def forms_of(text: str, language: Language) -> frozenset[Form]:
    """What one text uses; of a program, all that can be: nobody asks."""
    if language != "expression":
        return frozenset()
    found = (form_of(node) for node in nodes(ast.parse(text.strip(), mode="eval")))
    return frozenset(form for form in found if form is not None)


def form_of(node: ast.AST) -> Form | None:
    if isinstance(node, ast.Call):
        return "call"
    if isinstance(node, ast.IfExp | ast.Compare | ast.BoolOp):
        return "condition"
    return "decimal" if isinstance(node, ast.Constant) and isinstance(node.value, float) else None
