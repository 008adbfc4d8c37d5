"""What is worth knowing about a parent, found once for all of its children."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass

from refine.proposers.mutate import tuner
from refine.proposers.mutate.grammar import Vocabulary, vocabulary
from refine.proposers.mutate.program import Program, nodes, read
from refine.proposers.mutate.sites import Outline, Survey, outline, survey
from refine.task import Grammar, Language


@dataclass(frozen=True, slots=True)
class Study:
    """A parent, to be read only.

    Attributes:
        program: its tree.
        plain: its text as the tree is written, which a child must differ from.
        size: nodes of its tree.
        arrays: how many of its functions' results are arrays.
        words: what may be used in it.
        known: what its names are.
        places: where it may change.
        skeleton: the tree without its numbers.
    """

    program: Program
    plain: str
    size: int
    arrays: int
    words: Vocabulary
    known: Outline
    places: Survey
    skeleton: list[str]


@functools.lru_cache(maxsize=512)
def study(text: str, language: Language, grammar: Grammar, block: int) -> Study:
    """Raises SyntaxError where `text` is no program of that language."""
    program = read(text, language, block)
    words = vocabulary(program.tree, grammar, expression=language == "expression")
    known = outline(program.tree, _variables(program, words) if language == "expression" else ())
    places = survey(program, known)
    return Study(
        program, program.render(), program.size(), arrays(places), words, known, places, tuner.skeleton(program)
    )


def arrays(places: Survey) -> int:
    """Results that are arrays: a child that returns a number in the place of one is wrong for sure."""
    return sum(1 for site in places.sites if site.result and site.kind == "array")


def loads(tree: ast.AST) -> set[str]:
    """Names that are read in `tree` and not bound in it."""
    found = nodes(tree)
    read_names = {node.id for node in found if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    bound = {node.id for node in found if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return read_names - bound - {node.arg for node in found if isinstance(node, ast.arg)}


def _variables(program: Program, words: Vocabulary) -> tuple[str, ...]:
    """The variables of an expression: those that it reads and those of the task's terminals."""
    calls = [node.func for node in nodes(program.tree) if isinstance(node, ast.Call)]
    functions = {function.id for function in calls if isinstance(function, ast.Name)}
    names = loads(program.tree) | {name for _, terminal in words.terminals for name in terminal}
    return tuple(sorted(names - functions - words.names))
