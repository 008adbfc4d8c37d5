"""Units inside of statements: the 5 cm of x = 5 cm, which the grammar would read as 5*c*m."""

from __future__ import annotations

import re

from refine.errors import Wrong
from refine.verifiers.symbolic.final import unwrapped
from refine.verifiers.symbolic.final_numbers import number
from refine.verifiers.symbolic.final_quantity import Quantity, quantity
from refine.verifiers.symbolic.final_units import UNITS, canonical
from refine.verifiers.symbolic.read import tree
from refine.verifiers.symbolic.same_labels import solved_for

_ONE = re.compile(r"(?P<label>[^=<>,;]{1,60})=(?P<value>[^=<>;]{1,60})")
_UNIT = re.compile(r"\d\s*(?:\\(?:text|mathrm|textnormal)\s?\{\s*)?([A-Za-z]{1,12})(?![A-Za-z(])")


def labelled_quantities(given: str, expected: str) -> tuple[tuple[Quantity, Quantity], ...]:
    """The two values, where one answer or both give a label and a number, as x = 5 cm; none where labels differ."""
    mine, theirs = _labelled(given), _labelled(expected)
    if mine is None and theirs is None:
        return ()
    if mine and theirs and mine[0] != theirs[0]:
        return ()
    return (((mine[1] if mine else quantity(given)), (theirs[1] if theirs else quantity(expected))),)


def _labelled(answer: str) -> tuple[str, Quantity] | None:
    match = _ONE.fullmatch(unwrapped(answer))
    value = quantity(match["value"]) if match else None
    if not match or value is None or number(value.body) is None:
        return None
    try:
        solved = solved_for(tree(f"{match['label']} = 0", answer=True))
    except Wrong:
        return None
    return (solved[0], value) if solved else None


def has_unit(answer: str) -> str:
    """A word after a digit that is a unit, and may be a product of symbols; "" where there is none."""
    found = (word for word in _UNIT.findall(answer) if canonical(word) in UNITS)
    return next(found, "")
