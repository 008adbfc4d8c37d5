"""Statements compared: equations, values of labels, chains of =. `same` compares what they say.

Each comparison answers, or says None where the two are not of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from refine.errors import Wrong
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.grammar_names import CONSTANTS
from refine.verifiers.symbolic.read import BOUNDS
from refine.verifiers.symbolic.same_labels import Assigned, assigned, chained, solved_for
from refine.verifiers.symbolic.same_shapes import free, is_a, shown
from refine.verifiers.symbolic.tree import RELATIONS, Apply, Name, Number, Tree, names
from refine.verifiers.symbolic.tree_bounds import exact

Same = Callable[[Tree, Tree], Answer]
"""Compares what is given with what is expected."""
_PLACES = tuple(Fraction(n, d) for n, d in ((3, 7), (-5, 11), (13, 17), (2, 19), (-7, 23), (11, 29)))


def is_statement(tree: Tree) -> bool:
    return is_a(tree, *(RELATIONS - {"in"}), "and", "or")


# chains


def chains(given: Tree, expected: Tree, same: Same) -> Answer | None:
    """X = 2 + 3 = 5 says what each of its sides says, if they agree."""
    mine, theirs = chained(given), chained(expected)
    if not mine and not theirs:
        return None
    found = [same(a, b) for a in _links(given, mine) for b in _links(expected, theirs)]
    agree = len({type(answer) for answer in found}) == 1
    return found[0] if agree else Undecided(("a chain of = of which the sides differ",))


def _links(statement: Tree, sides: Sequence[Tree]) -> tuple[Tree, ...]:
    """The statements x = 2 + 3 and x = 5 of x = 2 + 3 = 5; what is no chain says itself."""
    if not sides:
        return (statement,)
    labelled = solved_for(Apply("=", tuple(sides[:2])))
    return tuple(Apply("=", (sides[0], side)) for side in sides[1:]) if labelled else tuple(sides)


# labels


def assignments(given: Tree, expected: Tree, same: Same) -> Answer | None:
    """Values of labels: x = 5 against x = 5 or against 5; x = 1, y = 2 against (1, 2)."""
    mine, theirs = assigned(given), assigned(expected)
    if mine and theirs:
        return _both(mine, theirs, same)
    if mine and not is_statement(expected):
        return _unlabelled(mine, expected, same)
    if theirs and not is_statement(given):
        return _unlabelled(theirs, given, lambda labelled, bare: same(bare, labelled))
    return None


def _both(given: Assigned, expected: Assigned, same: Same) -> Answer | None:
    shared = [label for label in expected.labels if label in given.labels]
    if shared:
        answer = same(given.in_order(shared), expected.in_order(shared))
        every = set(given.labels) == set(expected.labels)
        return answer if every or isinstance(answer, Refuted) else Undecided((_apart(given, expected),))
    one = len(given.labels) == len(expected.labels) == len(given.rows) == len(expected.rows) == 1
    return None if one else Undecided((_apart(given, expected),))


def _apart(given: Assigned, expected: Assigned) -> str:
    return f"values of {', '.join(given.labels)} against those of {', '.join(expected.labels)}"[:200]


def _unlabelled(labelled: Assigned, bare: Tree, same: Same) -> Answer:
    """In the order of the labels' names, or in that in which they are written; where these differ, and only the
    second agrees with a tuple, or only another with a row, that is undecided.
    """
    if len(labelled.labels) == 1:
        return same(labelled.in_order(labelled.labels), bare)
    orders = list(dict.fromkeys((tuple(sorted(labelled.labels)), labelled.labels)))
    found = [same(labelled.in_order(order), bare) for order in orders]
    proved = next((answer for answer in found if isinstance(answer, Proved)), None)
    if proved and (found[0] is proved or is_a(bare, ",")):
        return proved
    if all(isinstance(answer, Refuted) for answer in found) and not _permuted(labelled, bare, same):
        return found[0]
    return Undecided((f"in which order: {', '.join(labelled.labels)}"[:200],))


def _permuted(labelled: Assigned, bare: Tree, same: Same) -> bool:
    """Whether the bare values may be those of the labels in another order."""
    if not is_a(bare, ",", "()", "{}", "[]"):
        return False
    values = tuple(dict.fromkeys(value for row in labelled.rows for value in row))
    inner = tuple(item for arg in bare.args for item in (arg.args if is_a(arg, "()") else (arg,)))
    return not isinstance(same(Apply("{}", values), Apply("{}", inner)), Refuted)


# equations


def equations(given: Tree, expected: Tree, same: Same) -> Answer | None:
    """Two equations; or one that states no label's value against what is none."""
    if is_a(given, "=") and is_a(expected, "="):
        return _multiples(given, expected, same)
    if is_a(given, "=") and not is_statement(expected):
        return _one_sided(given, expected, same)
    if is_a(expected, "=") and not is_statement(given):
        return _one_sided(expected, given, same)
    return None


def _one_sided(equation: Apply, bare: Tree, same: Same) -> Answer:
    """Whether 2x + y = 3 asks for 2x + y or states a line, its text does not tell: refuted only if neither fits."""
    number = next((side for side in equation.args if not free(side)), None)
    several = len(free(equation)) > 1
    if number is not None and several and isinstance(same(bare, number), Refuted):
        return Refuted("neither the equation nor the value of its side", left=shown(bare), right=shown(equation))
    return Undecided(("an equation against a value: write both as equations, or both as values",))


def _multiples(given: Apply, expected: Apply, same: Same) -> Answer:
    """The same unknown equal to the same value, or one equation a multiple of the other."""
    mine, theirs = solved_for(given), solved_for(expected)
    apart = mine and theirs and mine[0] != theirs[0] and not (free(mine[1]) or free(theirs[1]))
    if mine and theirs and apart and _plain_name(mine[0]) and _plain_name(theirs[0]):
        return Refuted("another unknown", left=mine[0], right=theirs[0])
    one, other = _difference(given), _difference(expected)
    places = dict(zip(sorted(names(one) | names(other)), _PLACES, strict=False))
    first, second = _at(one, places), _at(other, places)
    if not first or not second:
        return Undecided(("equations: neither solved for one unknown nor polynomials in a few",))
    answer = same(Apply("*", (one, Number(second))), Apply("*", (other, Number(first))))
    if isinstance(answer, Proved):
        return Proved("one equation is a multiple of the other")
    return Undecided(("equations: one is not a multiple of the other",))


def _plain_name(label: str) -> bool:
    return label.replace("_", "").isalnum()


def _difference(tree: Apply) -> Tree:
    return Apply("+", (tree.args[0], Apply("neg", (tree.args[1],))))


def _at(tree: Tree, places: Mapping[str, Fraction]) -> Fraction | None:
    """The value at a rational place, if it is rational arithmetic."""
    if isinstance(tree, Name):
        return places.get(tree.name) if tree.name not in CONSTANTS else None
    if not isinstance(tree, Apply):
        return tree.value
    values = [_at(arg, places) for arg in tree.args]
    known = [Number(value) for value in values if value is not None]
    if len(known) < len(values):
        return None
    try:
        return exact(Apply(tree.head, tuple(known)), BOUNDS)
    except Wrong:
        return None
