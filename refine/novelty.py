"""What makes two programs the same program. Pure; asked before anything is paid for an evaluation."""

from __future__ import annotations

import ast
import functools
import warnings

from refine.task import Language
from refine.types import Candidate, digest


@functools.lru_cache(maxsize=1024)  # asked for several times while a candidate is verified
def form(candidate: Candidate, language: Language) -> str:
    """A digest (32 hex digits) of what the text means, as far as its syntax tree tells: layout, comments, docstrings
    and redundant brackets do not count. A text that does not parse, or is no program, stands for itself.
    """
    if language == "text":
        return candidate.id
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(candidate.text, mode="eval" if language == "expression" else "exec")
        return digest(ast.dump(_bare(tree)))[:32]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return candidate.id


def _bare(tree: ast.AST) -> ast.AST:
    """The tree without docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1:
                node.body = node.body[1:]
    return tree
