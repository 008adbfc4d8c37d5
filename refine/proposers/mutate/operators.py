"""What can be done to a program. Each operator changes the tree in place and says what it did, or None: not here."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from refine.proposers.mutate import tuner
from refine.proposers.mutate.chance import pick
from refine.proposers.mutate.grammar import (
    Vocabulary,
    apply,
    arithmetic,
    choose,
    constant,
    extreme,
    grow,
    power,
    takes,
    variable,
)
from refine.proposers.mutate.program import Program, nodes
from refine.proposers.mutate.sites import Kind, Site, Slot, Survey, kind_of
from refine.proposers.mutate.study import Study, loads


@dataclass(frozen=True, slots=True)
class Bench:
    """All that an operator works with: the tree that it may change and, to be read only, the other parents."""

    rng: np.random.Generator
    program: Program
    places: Survey
    words: Vocabulary
    others: Sequence[tuple[str, Study]]

    def site(self, *kinds: str) -> Site | None:
        found = [site for site in self.places.sites if not kinds or site.kind in kinds]
        return pick(self.rng, found) if found else None


Operator = Callable[[Bench], "str | None"]
_NUMBERS = ("array", "scalar")
_LOCALS = ("u", "v", "w", "u2", "v2", "w2")


# ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def replace(bench: Bench) -> str | None:
    """A sub-expression becomes a new one."""
    site = bench.site()
    if site is None:
        return None
    site.put(grow(bench.rng, bench.words, site.scope, site.kind, 1 + int(bench.rng.random() * 2)))
    return "replaced a sub-expression"


def combine(bench: Bench) -> str | None:
    """A sub-expression gets a new term, factor or bound."""
    site = bench.site(*_NUMBERS)
    if site is None:
        return None
    kind: Kind = "array" if site.kind == "array" and bench.rng.random() < 0.7 else "scalar"
    new = grow(bench.rng, bench.words, site.scope, kind, 1 + int(bench.rng.random() * 2))
    if bench.rng.random() < 0.1:
        site.put(extreme(bench.rng, bench.words, site.node, new))
        return "added a bound"
    site.put(arithmetic(bench.rng, site.node, new))
    return "added a term"


def branch(bench: Bench) -> str | None:
    """A sub-expression holds only under a new condition."""
    site = bench.site(*_NUMBERS)
    if site is None:
        return None
    other = _alternative(bench, site)
    depth = int(bench.rng.random() * 2)
    site.put(choose(bench.rng, bench.words, site.scope, (site.node, other), depth=depth))
    return "made a sub-expression conditional"


def _alternative(bench: Bench, site: Site) -> ast.expr:
    """What holds where the condition does not: the negative, the same with a number, or something new."""
    draw, same = bench.rng.random(), copy.deepcopy(site.node)
    if draw < 0.3:
        return ast.UnaryOp(ast.USub(), same)
    if draw < 0.6:
        return arithmetic(bench.rng, same, constant(bench.rng, bench.words))
    return grow(bench.rng, bench.words, site.scope, "scalar", 1)


def wrap(bench: Bench) -> str | None:
    """A function of a sub-expression, a power, or its negative."""
    site = bench.site(*_NUMBERS)
    if site is None:
        return None
    draw = bench.rng.random()
    if draw < 0.25:
        site.put(ast.UnaryOp(ast.USub(), site.node))
        return "negated a sub-expression"
    if draw < 0.5:
        site.put(power(bench.rng, site.node))
        return "raised a sub-expression to a power"
    if not takes(bench.words, site.kind):
        return None
    function = pick(bench.rng, bench.words.functions)
    site.put(apply(function, site.node))
    return f"wrapped a sub-expression in {function}"


def swap_operator(bench: Bench) -> str | None:
    """One operator or comparison becomes another."""
    sites = [s for s in bench.places.sites if isinstance(s.node, ast.BinOp | ast.Compare | ast.BoolOp)]
    if not sites:
        return None
    node = pick(bench.rng, sites).node
    if isinstance(node, ast.BinOp):
        node.op = pick(bench.rng, (ast.Add, ast.Sub, ast.Mult, ast.Div))()
    elif isinstance(node, ast.Compare):
        node.ops[0] = pick(bench.rng, (ast.Lt, ast.LtE, ast.Gt, ast.GtE))()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return "swapped an operator"


def hoist(bench: Bench) -> str | None:
    """A sub-expression takes the place of one that holds it; so terms are deleted."""
    site = bench.site(*_NUMBERS)
    if site is None:
        return None
    inner = [
        node
        for node in nodes(site.node)
        if node is not site.node and isinstance(node, ast.expr) and kind_of(node, site.scope) == site.kind
    ]
    if not inner:
        return None
    site.put(inner[min(int(bench.rng.exponential(1.0)), len(inner) - 1)])
    return "deleted part of an expression"


def repeat(bench: Bench) -> str | None:
    """A sub-expression is used in a second place."""
    site, other = bench.site(*_NUMBERS), bench.site(*_NUMBERS)
    if site is None or other is None or not _fits(other.node, site, bench.words):
        return None
    site.put(copy.deepcopy(other.node))
    return "copied a sub-expression"


def _fits(node: ast.expr, site: Site, words: Vocabulary) -> bool:
    """Whether `node` may stand at `site`: every name known, and of the same kind."""
    return kind_of(node, site.scope) == site.kind and loads(node) <= site.scope.keys() | words.names


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────────


def assign(bench: Bench) -> str | None:
    """A new local before a statement, used somewhere in it; or a local gets another value."""
    slots = [slot for slot in bench.places.slots if slot.scope]
    if not slots:
        return None
    slot = pick(bench.rng, slots)
    known = [n for n, kind in slot.scope.items() if kind in _NUMBERS and n in _stores(slot.body[: slot.index])]
    if known and bench.rng.random() < 0.5:
        return _reassign(bench, slot, pick(bench.rng, known))
    fresh = next((n for n in _LOCALS if n not in slot.scope and n not in bench.words.names), None)
    inside = {id(node) for node in nodes(slot.body[slot.index])}
    users = [s for s in bench.places.sites if s.scope is slot.scope and s.kind in _NUMBERS and id(s.holder) in inside]
    if fresh is None or not users:
        return None
    user = pick(bench.rng, users)
    if bench.rng.random() < 0.5:  # name what is there, so that both can change
        value: ast.expr = user.node
        use: ast.expr = variable(fresh)
        if fresh in loads(value):
            return None
    else:
        value = grow(bench.rng, bench.words, slot.scope, user.kind, 2)
        use = arithmetic(bench.rng, user.node, variable(fresh))
    user.put(use)
    slot.body.insert(slot.index, _assignment(fresh, value))
    return f"new local {fresh}"


def _reassign(bench: Bench, slot: Slot, name: str) -> str:
    new = grow(bench.rng, bench.words, slot.scope, "array" if slot.scope[name] == "array" else "scalar", 1)
    value = arithmetic(bench.rng, variable(name), new)
    if bench.rng.random() < 0.3:
        value = choose(bench.rng, bench.words, slot.scope, (variable(name), new))
    slot.body.insert(slot.index, _assignment(name, value))
    return f"changed {name}"


def _assignment(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(name, ast.Store())], value, lineno=0)


def _stores(body: Sequence[ast.stmt]) -> set[str]:
    targets = [target for s in body if isinstance(s, ast.Assign) for target in s.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def delete_statement(bench: Bench) -> str | None:
    """An assignment goes, if its name was assigned before or is not read after."""
    slots = [slot for slot in bench.places.slots if len(slot.body) > 1 and _spare(slot)]
    if not slots:
        return None
    slot = pick(bench.rng, slots)
    del slot.body[slot.index]
    return "deleted a statement"


def _spare(slot: Slot) -> bool:
    statement = slot.body[slot.index]
    if isinstance(statement, ast.AugAssign):
        return True
    if not isinstance(statement, ast.Assign) or not all(isinstance(t, ast.Name) for t in statement.targets):
        return False
    names = _stores([statement])
    return names <= _stores(slot.body[: slot.index])


def inline(bench: Bench) -> str | None:
    """An assignment goes and its value stands where its name was read, in the rest of the same block."""
    slots = [slot for slot in bench.places.slots if isinstance(slot.body[slot.index], ast.Assign)]
    if not slots:
        return None
    slot = pick(bench.rng, slots)
    statement = slot.body[slot.index]
    assert isinstance(statement, ast.Assign)
    rest = slot.body[slot.index + 1 :]
    names = _stores([statement])
    later = {n.id for s in rest for n in nodes(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    if len(names) != 1 or len(statement.targets) != 1 or not rest or (names | loads(statement.value)) & later:
        return None
    slot.body[slot.index + 1 :] = [_Inline(next(iter(names)), statement.value).visit(s) for s in rest]
    del slot.body[slot.index]
    return "inlined a local"


class _Inline(ast.NodeTransformer):
    def __init__(self, name: str, value: ast.expr) -> None:
        self.name = name
        self.value = value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self.value) if node.id == self.name and isinstance(node.ctx, ast.Load) else node


def duplicate_statement(bench: Bench) -> str | None:
    """An update of a local is done twice."""
    slots = [slot for slot in bench.places.slots if _updates(slot.body[slot.index])]
    if not slots:
        return None
    slot = pick(bench.rng, slots)
    slot.body.insert(slot.index, copy.deepcopy(slot.body[slot.index]))
    return "duplicated a statement"


def _updates(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.AugAssign):
        return True
    return isinstance(statement, ast.Assign) and bool(_stores([statement]) & loads(statement.value))


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def tune(bench: Bench) -> str | None:
    """Numbers take a step, or move along the line to a parent that differs in its numbers only."""
    constants = bench.places.constants
    if not constants:
        return None
    for name, other in bench.others:
        theirs = tuner.values(other.places.constants)
        ours = tuner.values(constants)
        if len(ours) == len(theirs) and ours != theirs and tuner.skeleton(bench.program) == other.skeleton:
            changed = tuner.along(bench.rng, constants, theirs)
            return f"tuned {changed} constant(s) by {name}" if changed else None
    changed = tuner.step(bench.rng, constants)
    return f"tuned {changed} constant(s)" if changed else None


# ── two parents ──────────────────────────────────────────────────────────────────────────────────────────────────────


def crossover(bench: Bench) -> str | None:
    """A sub-expression of another parent takes a place here, or joins what is there."""
    if not bench.others:
        return None
    name, other = pick(bench.rng, bench.others)
    donors = [s.node for s in other.places.sites if not isinstance(s.node, ast.Constant | ast.Name)]
    site = bench.site()
    if site is None or not donors:
        return None
    fitting = [node for node in donors if _fits(node, site, bench.words)]
    if not fitting:
        return None
    donor = copy.deepcopy(pick(bench.rng, fitting))
    if site.kind in _NUMBERS and bench.rng.random() < 0.5:
        donor = _joined(bench, site, donor)
    site.put(donor)
    return f"crossover with {name}"


def _joined(bench: Bench, site: Site, donor: ast.expr) -> ast.expr:
    if bench.rng.random() < 0.4:
        return choose(bench.rng, bench.words, site.scope, (site.node, donor))
    return arithmetic(bench.rng, site.node, donor)


def exchange_function(bench: Bench) -> str | None:
    """The body of another parent's function of the same name, for programs of several functions."""
    if not bench.others:
        return None
    parent, other = pick(bench.rng, bench.others)
    ours, theirs = functions(bench.program), functions(other.program)
    shared = [name for name in ours if name in theirs and ast.dump(ours[name].args) == ast.dump(theirs[name].args)]
    if len(ours) < 2 or not shared:
        return None
    name = pick(bench.rng, shared)
    ours[name].body = copy.deepcopy(theirs[name].body)
    return f"{name} of {parent}"


def functions(program: Program) -> dict[str, ast.FunctionDef]:
    """The functions of the region, by name."""
    return {s.name: s for s in program.region if isinstance(s, ast.FunctionDef)}


OPERATORS: tuple[tuple[float, Operator], ...] = (
    (2.0, replace),
    (2.0, combine),
    (2.0, branch),
    (0.7, wrap),
    (0.7, swap_operator),
    (1.0, hoist),
    (0.5, repeat),
    (0.5, assign),
    (0.3, delete_statement),
    (0.2, inline),
    (0.1, duplicate_statement),
    (4.0, tune),
    (1.5, crossover),
    (0.5, exchange_function),
)
