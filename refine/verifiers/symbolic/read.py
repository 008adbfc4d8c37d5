"""Text of a candidate into a SymPy object: `expression`. No Python of the text is ever executed.

Text is read as LaTeX where it has a backslash, a $, or a script in braces; otherwise as plain text. What is ambiguous:

| written                | read as                                                                          |
|------------------------|----------------------------------------------------------------------------------|
| `1/2x`                 | (1/2)*x: * / and juxtaposition go left to right                                  |
| `-2^2`, `2^-1`, `2^3^2`| -4, 1/2, 2^9; `^` and `**` are the same                                          |
| `a(b)`                 | a*b, unless a is a function of the table or declared as one                      |
| `f(x)`, `g(x)`, `h(x)` | refused where they are not declared                                              |
| `x1`, `x_1`            | one symbol (`x1` and `x_1` are the same declared one); `x2` is never x*2         |
| `xy`                   | x*y in LaTeX, or if x and y are declared, or if nothing is and it has 2-3 letters|
| `2 3`, `2 1/2`         | refused; a mixed number only in an answer (`final.py`)                           |
| `2e3`, `2e`            | 2000 and 2*e; in LaTeX `2e3` is 2*e*3                                            |
| `e`, `E`, `i`, `I`     | the constants, unless declared as symbols                                        |
| `log x`                | natural logarithm; `log_2 x`, `log(x, 2)`, `log10(x)` name their base            |
| `sin 2x cos x`         | sin(2x)*cos(x); `sin x/2` is refused; `sin(x)y` is sin(x)*y                      |
| `sin^2 x`, `sin^{-1} x`| (sin x)^2, asin(x)                                                               |
| `50%`, `30°`           | 50/100, 30*pi/180                                                                |
| `!=`                   | is not equal; write `5! = 120` with a space                                      |
| `1,234`                | outside of brackets 1234, inside two entries                                     |
| `1, 2`                 | a tuple of answers                                                               |
| `(1, 2)`               | a point, but an interval after `in`, in a union, or with an infinite end         |
| `[1, 2]`               | the closed interval; `[1, 2, 3]` a tuple; `[[1, 2], [3, 4]]` a matrix            |
| `3 ± x`                | the set of both readings, upper signs together; of a relation: the one or the other |
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from refine.errors import Wrong, require
from refine.verifiers.symbolic import infix, latex
from refine.verifiers.symbolic.build import Object, built, sympy
from refine.verifiers.symbolic.grammar import parsed
from refine.verifiers.symbolic.grammar_cursor import Style
from refine.verifiers.symbolic.grammar_labels import labelled
from refine.verifiers.symbolic.grammar_tokens import Words, merged
from refine.verifiers.symbolic.tree import CALCULUS, Bounds, Tree, heads
from refine.verifiers.symbolic.tree_bounds import checked

BOUNDS = Bounds()


def expression(
    text: str,
    symbols: Mapping[str, Any] | Collection[str] | None = None,
    *,
    allow: Collection[str] = (),
    bounds: Bounds = BOUNDS,
) -> Object:
    """The SymPy object that a text says: an Expr, relation, Boolean, Set, Matrix or Tuple.

    Args:
        text: plain or LaTeX, as a model writes it.
        symbols: the names that may occur: name -> SymPy symbol, undefined function, or assumptions such as
            {"positive": True}; or names alone. None: any single letter may.
        allow: of Sum, Product, Integral, Limit, Derivative, Piecewise those that may occur; they stay unevaluated.
        bounds: what the text may be at most.

    Raises:
        Wrong: it cannot be read, is too large, or has in it what is not allowed. The message says what to write.
        MissingExtra: SymPy or, for LaTeX, pylatexenc is not installed.
    """
    scope = scope_of(symbols)
    functions = {name for name, value in scope.items() if not isinstance(value, sympy().Basic)}
    declared = None if symbols is None else scope.keys()
    return built(tree(text, declared, functions, allow=allow, bounds=bounds), scope, closed=symbols is not None)


def scope_of(symbols: Mapping[str, Any] | Collection[str] | None) -> dict[str, Any]:
    """Name -> SymPy symbol or undefined function, out of what `expression` takes."""
    if not isinstance(symbols, Mapping):
        return {name: sympy().Symbol(name) for name in symbols or ()}
    return {
        name: sympy().Symbol(name, **value) if isinstance(value, Mapping) else value for name, value in symbols.items()
    }


def tree(
    text: str,
    declared: Collection[str] | None = None,
    functions: Collection[str] = (),
    *,
    allow: Collection[str] = (),
    bounds: Bounds = BOUNDS,
    answer: bool = False,
) -> Tree:
    """What the text says, within the bounds; SymPy is not touched and not loaded.

    Args:
        text: as for `expression`.
        declared: the names that may occur; None: any single letter may.
        functions: those of the declared names that take arguments.
        allow: as for `expression`.
        bounds: as for `expression`.
        answer: whether it is a final answer, in which `2 1/2` is two and a half, and the f(2) of f(2) = 5 and the
            3:4 of a:b = 3:4 may stand; otherwise they are refused.

    Raises:
        Wrong: as for `expression`.
        MissingExtra: pylatexenc is not installed.
    """
    require(len(text) <= bounds.characters, f"{len(text)} characters: at most {bounds.characters} are allowed")
    require(text.strip(), "the answer is empty: write one formula")
    names = None if declared is None else frozenset(declared)
    words, style = Words(names, bounds), Style(names, frozenset(functions), bounds.depth, answer)
    try:
        found = latex.tokens(text, words, style) if latex.looks_like(text) else list(infix.tokens(text, words))
        joined = merged(found, bounds)
        said = checked(parsed(labelled(joined) if answer else joined, style), bounds)
    except RecursionError:
        raise Wrong("nested too deeply") from None
    refused = (heads(said) & CALCULUS) - set(allow)
    require(not refused, f"{', '.join(sorted(refused))} is not allowed here: write the value itself")
    return said
