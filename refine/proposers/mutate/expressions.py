"""Mutation of expressions. A tuple is a list of formulas that are searched side by side.

What is known of a tuple's components is used: where a parent's outcome has a score for each (or for equal groups of
instances, in order), a child takes each component from the parent that does best in it, and changes the worst most.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from refine.proposers.mutate.chance import pick, weighted
from refine.proposers.mutate.forms import forms, forms_of
from refine.proposers.mutate.language import Words, constant, grow, joined, leaf, literal, words, wrapped
from refine.proposers.mutate.program import nodes, value_of
from refine.proposers.mutate.reduce import reduced
from refine.task import Grammar
from refine.types import Direction, Outcome

ATTEMPTS = 24
LARGEST = 80
"""Nodes of one formula beyond which it only shrinks."""
GROWTH = 16
"""Nodes that one mutation may add to a formula."""


@dataclass(frozen=True, slots=True)
class Parent:
    """An expression with what its components are worth (more is better), or nothing where that is not known."""

    name: str
    text: str
    worth: tuple[float, ...] = ()


def worth(outcome: Outcome, direction: Direction, count: int) -> tuple[float, ...]:
    """What each of `count` components is worth, by the instances in order; () where they do not divide evenly."""
    values = [score if direction == "maximize" else -score for score in outcome.instances.values()]
    if not values or len(values) % count:
        return ()
    size = len(values) // count
    return tuple(sum(values[k * size : (k + 1) * size]) for k in range(count))


def components(text: str) -> list[ast.expr]:
    """The formulas of a tuple, or the one expression. Raises SyntaxError."""
    body = ast.parse(text.strip(), mode="eval").body
    return body.elts if isinstance(body, ast.Tuple) else [body]


def mutated(rng: np.random.Generator, parents: Sequence[Parent], grammar: Grammar) -> tuple[str, str]:
    """A changed expression and what was done to it. One parent is changed, the others may give parts of theirs."""
    base, *others = (parents[k] for k in rng.permutation(len(parents)))
    texts = tuple(sorted(p.text for p in parents))
    known, allowed = words(texts, grammar), forms(texts, grammar)
    plain = written(components(base.text), base.text)
    for _ in range(ATTEMPTS):
        parts, notes = components(base.text), []
        donors = [(p, components(p.text)) for p in others]
        donors = [(p, theirs) for p, theirs in donors if len(theirs) == len(parts)]
        if donors and len(parts) > 1 and rng.random() < 0.6:
            notes = crossed(rng, base, parts, donors)
        if not notes or rng.random() < 0.75:
            notes += changed(rng, base, parts, [theirs for _, theirs in donors], known)
        text = written(parts, base.text)
        if notes and text != plain and forms_of(text, "expression") <= allowed:
            return text, f"{base.name}: {'; '.join(notes)}"
    return base.text, f"{base.name}: found nothing to change"


def written(parts: Sequence[ast.expr], like: str) -> str:
    """The components as text, in the form that `like` has."""
    if isinstance(ast.parse(like.strip(), mode="eval").body, ast.Tuple):
        return ast.unparse(ast.Tuple(list(parts), ast.Load()))
    return ast.unparse(parts[0])


# ── components ───────────────────────────────────────────────────────────────────────────────────────────────────────


def crossed(
    rng: np.random.Generator,
    base: Parent,
    parts: list[ast.expr],
    donors: Sequence[tuple[Parent, list[ast.expr]]],
) -> list[str]:
    """Takes components of another parent: the better ones where it is known which these are, else one or several."""
    donor, theirs = pick(rng, donors)
    if base.worth and donor.worth and rng.random() < 0.8:
        taken = [k for k in range(len(parts)) if donor.worth[k] > base.worth[k]]
    else:
        share = pick(rng, (0.0, 0.0, 0.3, 0.5))
        taken = [k for k in range(len(parts)) if rng.random() < share] or [int(rng.random() * len(parts))]
    taken = [k for k in taken if ast.dump(parts[k]) != ast.dump(theirs[k])]
    for k in taken:
        parts[k] = copy.deepcopy(theirs[k])
    return [f"component(s) {', '.join(str(k + 1) for k in taken)} of {donor.name}"] if taken else []


def changed(
    rng: np.random.Generator, base: Parent, parts: list[ast.expr], others: Sequence[list[ast.expr]], known: Words
) -> list[str]:
    """Changes one component, or several, the worst more often than the best."""
    order = list(range(len(parts)))
    top = max(base.worth, default=0.0)
    wanting = [0.3 if base.worth and base.worth[k] == top else 1.0 for k in order]
    notes = []
    for _ in range(weighted(rng, ((0.75, 1), (0.2, 2), (0.05, 3)))):
        k = weighted(rng, list(zip(wanting, order, strict=True)))
        before = len(nodes(parts[k]))
        made, note = _several(rng, parts[k], [theirs[k] for theirs in others], parts, known)
        if note and len(nodes(made)) <= max(before, min(before + GROWTH, LARGEST)):
            parts[k] = made
            notes.append(note if len(parts) == 1 else f"{note} in component {k + 1}")
    return notes


def _several(
    rng: np.random.Generator, tree: ast.expr, same: Sequence[ast.expr], own: Sequence[ast.expr], known: Words
) -> tuple[ast.expr, str]:
    """One or two edits of a formula, simplified."""
    bench = Bench(rng, known, [*same, *same, *own])
    holder = ast.Expression(copy.deepcopy(tree))
    notes = []
    for _ in range(weighted(rng, ((0.65, 1), (0.35, 2)))):
        edit = weighted(rng, EDITS)
        note = edit(bench, holder)
        notes += [note] if note else []
    return reduced(holder.body), " and ".join(notes)


# ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Bench:
    """What an edit works with: donors are formulas whose parts may be taken, the likelier more than once."""

    rng: np.random.Generator
    known: Words
    donors: Sequence[ast.expr]


@dataclass(frozen=True, slots=True)
class Place:
    """One sub-formula: `holder.field`, or `holder.field[index]`."""

    holder: ast.AST
    field: str
    index: int | None

    @property
    def node(self) -> ast.expr:
        value = getattr(self.holder, self.field)
        found = value if self.index is None else value[self.index]
        assert isinstance(found, ast.expr)
        return found

    def put(self, node: ast.expr) -> None:
        if self.index is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.index] = node


def places(tree: ast.AST) -> Iterator[Place]:
    """All sub-formulas; names of functions are none."""
    for node in nodes(tree):
        for field, value in ast.iter_fields(node):
            if field == "func":
                continue
            if isinstance(value, ast.expr):
                yield Place(node, field, None)
            elif isinstance(value, list):
                yield from (Place(node, field, k) for k, item in enumerate(value) if isinstance(item, ast.expr))


Edit = Callable[[Bench, ast.Expression], str]
"""Changes a tree in place and says what it did, or "" where it does not apply."""


def replace(bench: Bench, tree: ast.Expression) -> str:
    place = pick(bench.rng, list(places(tree)))
    place.put(grow(bench.rng, bench.known, int(bench.rng.random() * 3)))
    return "replaced a part"


def swap_leaf(bench: Bench, tree: ast.Expression) -> str:
    found = [p for p in places(tree) if isinstance(p.node, ast.Name | ast.Constant)]
    if not found:
        return ""
    pick(bench.rng, found).put(leaf(bench.rng, bench.known))
    return "swapped a leaf"


def join(bench: Bench, tree: ast.Expression) -> str:
    """A part gets a new term, factor or the like, on either side; the whole formula more often than a part of it."""
    found = list(places(tree))
    place = found[0] if bench.rng.random() < 0.3 else pick(bench.rng, found)
    new = grow(bench.rng, bench.known, int(bench.rng.random() * 2))
    sides = (place.node, new) if bench.rng.random() < 0.65 else (new, place.node)
    place.put(joined(bench.rng, bench.known, *sides))
    return "joined a part with a new one"


def scale(bench: Bench, tree: ast.Expression) -> str:
    """The whole formula, or a part of it, times or over a number, or with one added."""
    place = next(places(tree)) if bench.rng.random() < 0.6 else pick(bench.rng, list(places(tree)))
    operators = [op for op in bench.known.operators if op in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv)]
    place.put(ast.BinOp(place.node, pick(bench.rng, operators)(), constant(bench.rng, bench.known)))
    return "scaled a part"


def wrap(bench: Bench, tree: ast.Expression) -> str:
    place = pick(bench.rng, list(places(tree)))
    place.put(wrapped(bench.rng, bench.known, place.node))
    return "wrapped a part"


def swap_operator(bench: Bench, tree: ast.Expression) -> str:
    found = [p.node for p in places(tree)]
    binary = [n for n in found if isinstance(n, ast.BinOp) and not isinstance(n.op, ast.Pow)]
    if not binary:
        return ""
    pick(bench.rng, binary).op = pick(bench.rng, [op for op in bench.known.operators if op is not ast.Pow])()
    return "swapped an operator"


def step(bench: Bench, tree: ast.Expression) -> str:
    """A number moves by one, doubles, halves, or becomes another that is known."""
    found = [p for p in places(tree) if value_of(p.node) is not None]
    if not found:
        return ""
    place = pick(bench.rng, found)
    value = value_of(place.node)
    assert value is not None
    draw = bench.rng.random()
    if draw < 0.5:
        place.put(literal(value + pick(bench.rng, (-1, 1))))
    elif draw < 0.7:
        place.put(literal(value * 2 if bench.rng.random() < 0.5 or value % 2 else value // 2))
    elif isinstance(value, float) and draw < 0.9:
        place.put(literal(value * float(np.exp(0.3 * bench.rng.standard_normal()))))
    else:
        place.put(constant(bench.rng, bench.known))
    return "moved a number"


def hoist(bench: Bench, tree: ast.Expression) -> str:
    """A part takes the place of one that holds it; so terms are deleted."""
    place = pick(bench.rng, list(places(tree)))
    inner = [p.node for p in places(place.node)]
    if not inner:
        return ""
    place.put(inner[min(int(bench.rng.exponential(1.0)), len(inner) - 1)])
    return "deleted a part"


def borrow(bench: Bench, tree: ast.Expression) -> str:
    """A part of another formula, of this or of another parent, takes a place here."""
    if not bench.donors:
        return ""
    donor = pick(bench.rng, bench.donors)
    parts = [donor, *(p.node for p in places(donor))]
    place = pick(bench.rng, list(places(tree)))
    part = copy.deepcopy(pick(bench.rng, parts))
    place.put(part if bench.rng.random() < 0.6 else joined(bench.rng, bench.known, place.node, part))
    return "borrowed a part"


def begin_anew(bench: Bench, tree: ast.Expression) -> str:
    tree.body = grow(bench.rng, bench.known, 3)
    return "grew a new formula"


EDITS: tuple[tuple[float, Edit], ...] = (
    (2.0, replace),
    (2.0, swap_leaf),
    (4.0, join),
    (1.5, scale),
    (0.7, wrap),
    (1.0, swap_operator),
    (2.5, step),
    (1.2, hoist),
    (1.5, borrow),
    (0.4, begin_anew),
)
