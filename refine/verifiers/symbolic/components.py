"""A candidate that answers many questions at once: the formulas of a tuple, each as it is written."""

from __future__ import annotations

import ast
import warnings

from refine.errors import Wrong, require


def components(text: str, count: int, *, characters: int) -> list[str]:
    """The texts of `count` formulas. They are cut out and not put together anew: x^(n+1) would lose its brackets.

    Raises:
        Wrong: it is longer than `characters`, no Python expression, or no tuple of so many.
    """
    require(len(text) <= characters, f"{len(text)} characters: at most {characters} are allowed")
    text = text.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            body = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise Wrong(f"not one Python expression: {error.msg} (line {error.lineno})") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Wrong(f"not one Python expression: {type(error).__name__} while parsing") from None
    parts = body.elts if isinstance(body, ast.Tuple) else [body]
    require(len(parts) == count, f"{len(parts)} formula(s), expected a tuple of {count}")
    return [ast.get_source_segment(text, part) or "" for part in parts]
