r"""Whether two answers say the same: plain numbers and words at once, all else by comparing what the texts say.

Decisions where graders differ:

- order: answers in a row ("2, 3", "2 and 3", "x = 2 or x = 3") and sets {2, 3} have none; (2, 3) is a point, with order
- a tuple is no set: (1, 3) is never {1, 3}; [1, 3] is an interval, but against a row or a set undecided, for it may be
  a list
- labels: x = 5, f(2) = 5, AB = 5, |AB| = 5, \angle A = 5 and (p, q) = (3, 2) are met by the value alone. Several are
  compared in the order of their names, or in that in which they are written, and undecided where that would matter.
  What may be an equation as well as a labelled value (2x + z = 1, xy = 6) is undecided against its value
- x = -1 and x = 2 lists two values, as "or" does; x = 2 + 3 = 5 says 5, if its sides agree
- units: one missing is ignored; two that convert (cm, m; 2 h 30 min) are converted; others that differ are undecided
- dozen, million, half and their like multiply: 3 dozen is 36, and undecided against 3, which may count dozens
- percent: 50% is 1/2 (`percent="value"`), or the sign is dropped on both sides as in MATH's grader (`"sign"`)
- rounding: none, unless the task accepts a distance (`within`)
- decimal commas: 1,5 are two answers; undecided against 1.5
- letters: an expected "B" is met by "(B)", "B.", "(B) 12"; other words are compared without case
- a ratio 3:4 is the ratio 6:8; 3:30 pm is a time; 3:30 against 1:10 is undecided
- bases: 101_2 is 5, and undecided against 101
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from refine.errors import TaskError, Wrong, require
from refine.types import Json
from refine.verifiers.answers import Answer, Refuted, Undecided
from refine.verifiers.symbolic.final import unwrapped
from refine.verifiers.symbolic.final_numbers import digits, number
from refine.verifiers.symbolic.final_quantity import quantity
from refine.verifiers.symbolic.final_units import UNITS
from refine.verifiers.symbolic.grammar_names import CONSTANTS
from refine.verifiers.symbolic.read import BOUNDS, tree
from refine.verifiers.symbolic.same_plain import Rules, plainly_compared
from refine.verifiers.symbolic.same_tree import Comparison, Decide
from refine.verifiers.symbolic.same_units import has_unit, labelled_quantities
from refine.verifiers.symbolic.tree import CALCULUS, Number, Tree, names, text

if TYPE_CHECKING:
    from refine.verifiers.symbolic.domain import Domain


def same_answer(
    given: str,
    expected: str,
    *,
    symbols: Mapping[str, Domain] | None = None,
    percent: Literal["value", "sign"] = "value",
    within: Fraction | int = 0,
    ordered: bool = False,
    seconds: float = 5.0,
) -> Answer:
    """Whether the candidate's answer is the expected one.

    Args:
        given: the candidate's, as `final_answer` finds it.
        expected: the task's own, trusted.
        symbols: what the symbols range over; those not named are real.
        percent: whether 50% is 1/2, or the sign is dropped.
        within: the largest distance between two plain numbers that still counts as the same.
        ordered: whether answers in a row must come in the expected order.
        seconds: for all that SymPy is asked; what is left then is undecided.

    A formula that is equal is the same answer: 6*7 is 42. Where the form matters (reduced, factored), check that too.

    Raises:
        Wrong: what is given cannot be read; the message says what to write.
        TaskError: what is expected cannot be read.
    """
    require(len(given) <= BOUNDS.characters, f"{len(given)} characters: an answer has at most {BOUNDS.characters}")
    rules = Rules(percent, Fraction(within), ordered, seconds)
    mine, theirs = quantity(given), quantity(expected)
    require(mine.body, "the answer is empty: write one value")
    for one, other in ((mine, theirs), *labelled_quantities(given, expected)):
        if (answer := plainly_compared(one, other, rules)) is not None:
            return answer
    answer = _statements(given, expected, rules, dict(symbols or {}))
    if isinstance(answer, Refuted) and bool(has_unit(given)) != bool(has_unit(expected)):
        return Undecided((f"{has_unit(given) or has_unit(expected)}: a unit or a product of symbols",))
    return answer


def _statements(given: str, expected: str, rules: Rules, symbols: Mapping[str, Domain]) -> Answer:
    """By what the texts say: formulas, sets, intervals, points, matrices, equations."""
    try:
        theirs = _read(expected)
    except Wrong as error:
        raise TaskError(f"the expected answer {expected[:60]!r} cannot be read: {error}") from None
    equal, same_set = _decisions(symbols, rules.seconds)
    comparison = Comparison(equal, same_set, ordered=rules.ordered, within=rules.within)
    return comparison.same(_read(given), theirs)


def _decisions(symbols: Mapping[str, Domain], seconds: float) -> tuple[Decide, Decide]:
    """How two formulas, and two sets, are decided: by the solver, in another process, within the time for all."""
    ends = time.monotonic() + seconds

    def ask(question: dict[str, Json], over: Mapping[str, Domain]) -> Answer:
        from refine.verifiers.symbolic import plain, solver  # noqa: PLC0415 - only where a comparison comes to that

        left = ends - time.monotonic()
        if left <= 0:
            return Undecided((f"no time left: {seconds:g} s for the whole answer",))
        return solver.ask({**question, "domains": plain.written(over)}, left)

    def equal(given: Tree, expected: Tree) -> Answer:
        from refine.verifiers.symbolic.domain import Real  # noqa: PLC0415 - it loads SymPy

        free = sorted((names(given) | names(expected)) - CONSTANTS.keys())
        over = {name: symbols.get(name, Real()) for name in free}
        return ask({"claim": "equals", "statement": text(expected), "candidate": text(given)}, over)

    def same_set(given: Tree, expected: Tree) -> Answer:
        try:
            return ask({"claim": "same_set", "statement": text(expected), "candidate": text(given)}, {})
        except Wrong as error:  # of either of the two: it can be read, but not as a set of reals
            return Undecided((f"sets: {error}",))

    return equal, same_set


def _read(written: str) -> Tree:
    """The text as it is, or else without the unit after it, or as the number that it is."""
    try:
        return tree(unwrapped(written), answer=True, allow=CALCULUS)
    except Wrong:
        parts = quantity(written)
        value = number(parts.body)
        if value is not None and digits(parts.body) and not parts.unit:
            return Number(value)
        if parts.body == unwrapped(written) or parts.unit not in UNITS or parts.scale != 1:
            raise
        return tree(parts.body, answer=True, allow=CALCULUS)
