"""What is said of what: `x = 1, y = 2` says 1 of x and 2 of y, `x = 1 or x = 2` says two things of x.

A label is a name, a call of an unknown function or a marked name (`grammar_labels`), a product, quotient or absolute
value of capital letters (lengths: AB, |AB|, AB/CD), a ratio of labels, or a tuple of names. A sum is none, nor is a
product of small letters: whether 2x + y = 3 or xy = 3 states a curve or a value, a text alone does not tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from refine.verifiers.symbolic.grammar_names import CONSTANTS
from refine.verifiers.symbolic.same_shapes import is_a
from refine.verifiers.symbolic.tree import RELATIONS, Apply, Name, Tree, names, text

_LETTERS = frozenset({"e", "E", "i", "I"})
"""Constants that are labels too, where they stand alone before =: an eccentricity, a current."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Labels in the order in which they are written, and for each answer their values in that order."""

    labels: tuple[str, ...]
    rows: tuple[tuple[Tree, ...], ...]

    def in_order(self, labels: Sequence[str]) -> Tree:
        """The values in the order of these labels: of one answer a tuple or the value alone, of several a set."""
        places = [self.labels.index(label) for label in labels]
        rows = tuple(dict.fromkeys(tuple(row[place] for place in places) for row in self.rows))
        values = tuple(row[0] if len(row) == 1 else Apply("()", row) for row in rows)
        return values[0] if len(values) == 1 else Apply("{}", values)


def solved_for(tree: Tree) -> tuple[str, Tree] | None:
    """(x, 5) for x = 5 or 5 = x."""
    if not is_a(tree, "="):
        return None
    for left, right in (tree.args, tree.args[::-1]):
        label = _label(left)
        if label and not (isinstance(left, Name) and left.name in names(right)):
            return label, right
    return None


def _label(tree: Tree) -> str:
    if isinstance(tree, Name):
        return tree.name if tree.name not in CONSTANTS or tree.name in _LETTERS else ""
    if is_a(tree, "ratio"):
        parts = [_label(arg) for arg in tree.args]
        return ":".join(parts) if all(parts) else ""
    if is_a(tree, "Abs", "/"):
        return text(tree) if all(map(_label, tree.args)) and _capital(tree) else ""
    if is_a(tree, "*"):
        return "*".join(sorted(text(arg) for arg in tree.args)) if _capital(tree) else ""
    return ""


def _capital(tree: Tree) -> bool:
    """Whether it is made of capital letters by products, quotients and absolute values."""
    if isinstance(tree, Name):
        return tree.name[0].isupper() and (tree.name not in CONSTANTS or tree.name in _LETTERS)
    return is_a(tree, "*", "/", "Abs") and all(map(_capital, tree.args))


def assigned(tree: Tree) -> Assigned | None:
    """What a statement says of labels, if that is all it says."""
    if is_a(tree, "or"):
        return _alternatives([assigned(part) for part in tree.args])
    if is_a(tree, ",", "and"):
        return _listed(tree) or _row([pair for part in tree.args for pair in _pairs(part)])
    pairs = _pairs(tree)
    return _row(pairs) if pairs else None


def _listed(tree: Apply) -> Assigned | None:
    """`n = 1, 2, 3` says three things of n."""
    first, *rest = (solved_for(part) or part for part in tree.args)
    plain = [part for part in rest if not isinstance(part, tuple) and not is_a(part, *RELATIONS, "and", "or")]
    if not isinstance(first, tuple) or len(plain) != len(rest):
        return None
    return Assigned((first[0],), ((first[1],), *((value,) for value in plain)))


def _pairs(tree: Tree) -> list[tuple[str, Tree] | None]:
    """Labels and values of one equation; of (x, y) = (1, 2) two. None in the list: it is no such equation."""
    if not is_a(tree, "="):
        return [None]
    left, right = tree.args
    if is_a(left, "()") and is_a(right, "()") and len(left.args) == len(right.args):
        names_only = [arg.name for arg in left.args if isinstance(arg, Name) and arg.name not in CONSTANTS]
        if len(names_only) == len(left.args) == len(set(names_only)):
            return list(zip(names_only, right.args, strict=True))
    return [solved_for(tree)]


def _row(pairs: Sequence[tuple[str, Tree] | None]) -> Assigned | None:
    """Of pairs in which the same labels come again in the same order, several answers."""
    found = [pair for pair in pairs if pair]
    if not found or len(found) != len(pairs):
        return None
    labels = tuple(dict.fromkeys(label for label, _ in found))
    width = len(labels)
    if len(found) % width or any(label != labels[i % width] for i, (label, _) in enumerate(found)):
        return None
    values = [value for _, value in found]
    return Assigned(labels, tuple(tuple(values[i : i + width]) for i in range(0, len(values), width)))


def _alternatives(parts: Sequence[Assigned | None]) -> Assigned | None:
    found = [part for part in parts if part]
    if not found or len(found) != len(parts) or any(set(part.labels) != set(found[0].labels) for part in found):
        return None
    labels = found[0].labels
    return Assigned(
        labels, tuple(tuple(row[part.labels.index(x)] for x in labels) for part in found for row in part.rows)
    )


def chained(tree: Tree) -> tuple[Tree, ...]:
    """The sides of x = 2 + 3 = 5; none of anything else."""
    if not is_a(tree, "and") or len(tree.args) < 2:
        return ()
    links = [part for part in tree.args if is_a(part, "=")]
    joined = all(a.args[1] == b.args[0] for a, b in pairwise(links))
    return (*(link.args[0] for link in links), links[-1].args[1]) if len(links) == len(tree.args) and joined else ()
