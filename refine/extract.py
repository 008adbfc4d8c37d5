"""From a model's answer to a candidate. Pure; what cannot be read is a value, not an error."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from dataclasses import dataclass

from refine.edits import Unfit, edited, with_function
from refine.task import Language
from refine.types import Candidate, Edit

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE)
_MAX_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why there is no candidate in an answer; goes into the next prompt."""

    why: str


def extract(answer: str, language: Language, base: str | None = None, edit: Edit = "diff") -> Candidate | Unreadable:
    """The candidate in an answer: the last fenced block that is one, or the whole answer if that is one.

    A Python program must parse and define something; an expression must parse; any non-empty text is a text. Where
    changes to `base` were asked for, the candidate is what they make of it: blocks (`edit` "diff"; a whole program will
    do as well), or one function ("function"; nothing else will do).
    """
    if len(answer) > _MAX_CHARS:
        return Unreadable(f"the answer has {len(answer)} characters; at most {_MAX_CHARS} are read")
    changed = edited(answer, base) if base is not None and edit == "diff" else None
    if changed is not None:
        return _changed(changed, language, "with the blocks applied")
    blocks = [textwrap.dedent(body).strip("\n") for _, _, body in _FENCE.findall(answer)]
    if language == "text":
        text = (blocks[-1] if blocks else answer).strip()
        return Candidate(text) if text else Unreadable("the answer is empty")
    found = _program(blocks, answer, language)
    if base is None or edit != "function" or isinstance(found, Unreadable):
        return found
    return _changed(with_function(found.text, base), language, "with the function in its place")


def remarks(answer: str) -> str:
    """What stands in an answer beside its fenced blocks: thought, name, explanation. "" where there is no block."""
    rest, blocks = _FENCE.subn("", answer[:_MAX_CHARS])
    return rest.strip() if blocks else ""


def _changed(changed: str | Unfit, language: Language, how: str) -> Candidate | Unreadable:
    if isinstance(changed, Unfit):
        return Unreadable(changed.why)
    problem = None if language == "text" else _problem(changed, language)
    if problem is not None:
        return Unreadable(f"{how}, {problem}")
    return Candidate(changed if language == "python" else changed.strip())


def _program(blocks: list[str], answer: str, language: Language) -> Candidate | Unreadable:
    problems = []
    for text in [*reversed(blocks), answer.strip()]:
        problem = _problem(text, language)
        if problem is None:
            return Candidate(text + "\n" if language == "python" else text.strip())
        problems.append(problem)
    return Unreadable(
        problems[0] if blocks else f"no fenced block with {_what(language)} in the answer ({problems[0]})"
    )


def _what(language: Language) -> str:
    return "a Python program" if language == "python" else "one Python expression"


def _problem(text: str, language: Language) -> str | None:
    """Why `text` is no program or no expression, or None."""
    if not text.strip():
        return "it is empty"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a candidate's invalid escape is no business of ours
            tree = ast.parse(
                text.strip() if language == "expression" else text, mode="eval" if language == "expression" else "exec"
            )
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes; nesting deeper than the parser's stack
        return f"Python cannot parse it: {error or type(error).__name__}"
    if isinstance(tree, ast.Module) and not any(isinstance(node, _DEFINITIONS) for node in tree.body):
        return "it defines nothing"
    return None


_DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
    ast.Import,
    ast.ImportFrom,
)
