"""Answers that change a program instead of repeating it: SEARCH/REPLACE blocks, or one function. Pure."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

_BLOCK = re.compile(
    r"^[ \t]*<{5,}[ \t]*SEARCH[ \t]*\n(?P<old>.*?)^[ \t]*={5,}[ \t]*\n(?P<new>.*?)^[ \t]*>{5,}[ \t]*REPLACE[ \t]*$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why the answer does not fit the program; goes into the next prompt."""

    why: str


def edited(answer: str, base: str) -> str | Unfit | None:
    """`base` with the blocks of `answer` applied in order; None where the answer has no block.

    What is searched for must stand in the program once, line by line; blanks at the ends of lines do not count. An
    empty SEARCH stands for the end of the program.
    """
    blocks = [(found["old"], found["new"]) for found in _BLOCK.finditer(answer)]
    if not blocks:
        return None
    text = base
    for number, (old, new) in enumerate(blocks, 1):
        step = _replaced(text, old, new)
        if isinstance(step, Unfit):
            return Unfit(f"SEARCH block {number} of {len(blocks)} {step.why}")
        text = step
    return text


def _replaced(text: str, old: str, new: str) -> str | Unfit:
    lines, wanted = text.splitlines(), [line.rstrip() for line in old.splitlines()]
    put = new.splitlines()
    if not any(wanted):
        return "\n".join([*lines, *put]) + "\n"
    have = [line.rstrip() for line in lines]
    places = [at for at in range(len(have) - len(wanted) + 1) if have[at : at + len(wanted)] == wanted]
    if not places:
        return Unfit(f"is not in the program: {wanted[0].strip()[:80]!r} ...")
    if len(places) > 1:
        return Unfit(f"stands in the program {len(places)} times: search for more lines, so that it is one place")
    at = places[0]
    return "\n".join([*lines[:at], *put, *lines[at + len(wanted) :]]) + "\n"


# ── one function ─────────────────────────────────────────────────────────────────────────────────────────────────────

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Import = ast.Import | ast.ImportFrom
_START, _END = re.compile(r"#.*\bEVOLVE-BLOCK-START\b"), re.compile(r"#.*\bEVOLVE-BLOCK-END\b")


def with_function(answer: str, base: str) -> str | Unfit:
    """`base` with the function of `answer` in the place of its own of that name; all else stays as it is.

    `answer` is Python that parses: one function at top level, and beside it nothing but imports, which are put before
    the function where `base` has not got them. Where `base` marks what may change (EVOLVE-BLOCK-START, -END), only a
    function between the marks can be replaced.
    """
    new = ast.parse(answer).body
    functions = [node for node in new if isinstance(node, _Function)]
    others = [node for node in new if not isinstance(node, _Function | _Import) and not _is_text(node)]
    if len(functions) != 1 or others:
        return Unfit(f"the answer must define one function and nothing else; it has {_listed(functions, others)}")
    named = functions[0].name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in a candidate is no business of ours
            body = ast.parse(base).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Unfit("the program to change cannot be parsed, so it has no function to replace")
    old = [node for node in body if isinstance(node, _Function) and node.name == named]
    if not old:
        there = ", ".join(node.name for node in body if isinstance(node, _Function)) or "no function"
        return Unfit(f"the program has no function {named!r} at its top level; it has {there}")
    if not _may_change(base, old[-1]):
        return Unfit(f"the function {named!r} stands outside of what may change (EVOLVE-BLOCK)")
    have = {ast.dump(node) for node in body if isinstance(node, _Import)}
    imports = [ast.unparse(node) for node in new if isinstance(node, _Import) and ast.dump(node) not in have]
    return _in_place(base, old[-1], [*imports, *_lines(answer, functions[0])])


def changed_functions(text: str, base: str) -> list[str]:
    """The sources of the top-level functions of `text` that `base` has under the same name, but not the same."""
    old = {node.name: _lines(base, node) for node in ast.parse(base).body if isinstance(node, _Function)}
    functions = [node for node in ast.parse(text).body if isinstance(node, _Function) and node.name in old]
    return ["\n".join(lines) for node in functions if (lines := _lines(text, node)) != old[node.name]]


def _listed(functions: list[_Function], others: list[ast.stmt]) -> str:
    names = ", ".join(function.name for function in functions)
    counted = f"{len(functions)} function{'s' * (len(functions) != 1)} ({names})" if functions else "no function"
    return f"{counted} and {len(others)} other statement(s)" if others else counted


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _first(function: _Function) -> int:
    """The number of its first line, decorators included, from 1."""
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])


def _lines(text: str, function: _Function) -> list[str]:
    return _split(text)[_first(function) - 1 : function.end_lineno]


def _in_place(base: str, old: _Function, lines: list[str]) -> str:
    rows = _split(base)
    return "\n".join([*rows[: _first(old) - 1], *lines, *rows[old.end_lineno :]]).rstrip("\n") + "\n"


def _may_change(base: str, function: _Function) -> bool:
    """Whether it stands between marks, or there are none."""
    rows = _split(base)
    if not any(_START.search(row) for row in rows):
        return True
    inside = False
    for number, row in enumerate(rows, 1):
        inside = bool(_START.search(row)) or (inside and not _END.search(row))
        if number == _first(function):
            return inside
    return False


def _split(text: str) -> list[str]:
    """Lines as Python's parser counts them, which is not how `str.splitlines` does."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
