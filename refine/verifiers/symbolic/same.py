"""Whether two answers say the same: plain numbers and words at once, all else by comparing what the texts say.

Decisions where graders differ:

- order: answers in a row ("2, 3", "2 and 3", "x = 2 or x = 3", {2, 3}) are a set; (2, 3) is a point
- units: one missing is ignored; two that convert (cm, m) are converted; other words that differ refute
- percent: 50% is 1/2 (`percent="value"`), or the sign is dropped on both sides as in MATH's grader (`"sign"`)
- rounding: none, unless the task accepts a distance (`within`)
- letters: an expected "B" is met by "(B)", "B.", "(B) 12"; other words are compared without case
- a ratio 3:4 is the ratio 6:8; 3:30 pm is a time
"""

# ruff: noqa: RUF001 - the very signs that people write

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from refine.errors import TaskError, Wrong, require
from refine.types import Json
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.final import unwrapped
from refine.verifiers.symbolic.final_quantity import UNITS, Quantity, factor, number, quantity
from refine.verifiers.symbolic.grammar_names import CONSTANTS, FUNCTIONS, GREEK
from refine.verifiers.symbolic.read import BOUNDS, tree
from refine.verifiers.symbolic.same_tree import Comparison, Decide
from refine.verifiers.symbolic.tree import CALCULUS, Tree, names, text

if TYPE_CHECKING:
    from refine.verifiers.symbolic.domain import Domain

_CHOICE = re.compile(r"\(?([A-Ja-j])\)?")
_CHOSEN = re.compile(r"(?:\(([A-Ja-j])\)|([A-J])(?:[.):]|$))(?:\s.*)?", re.DOTALL)
_WORDS = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+){0,12}")
_TIME = re.compile(r"(\d{1,2}):(\d\d)\s*([ap])?\.?\s*(?:m\.?)?", re.IGNORECASE)
_RATIO = re.compile(r"\d{1,50}(?:\.\d{1,50})?(?:\s*(?::|\\colon)\s*\d{1,50}(?:\.\d{1,50})?){1,9}")


@dataclass(frozen=True, slots=True)
class Rules:
    """How answers are compared; as the arguments of `same_answer`."""

    percent: Literal["value", "sign"]
    within: Fraction
    ordered: bool
    seconds: float


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
    for compare in (_numbers, _choices, _texts, _ratios):
        if (answer := compare(mine, theirs, rules)) is not None:
            return answer
    return _statements(given, expected, rules, dict(symbols or {}))


def _numbers(given: Quantity, expected: Quantity, rules: Rules) -> Answer | None:
    mine, theirs = number(given.body), number(expected.body)
    if mine is None or theirs is None:
        return None
    scales = _scales(given.unit, expected.unit, rules)
    if scales is None:
        return Undecided((f"units: {given.unit} against {expected.unit}",))
    left, right = mine * scales[0], theirs * scales[1]
    if left == right:
        return Proved(f"both are {expected.body} {expected.unit}".strip())
    if abs(left - right) <= rules.within:
        return Proved(f"within {rules.within} of {expected.body}")
    return Refuted("two different numbers", left=given.body, right=expected.body)


def _scales(mine: str, theirs: str, rules: Rules) -> tuple[Fraction, Fraction] | None:
    """By what the two values are multiplied before they are compared; None where the units cannot be."""
    percents = [
        Fraction(1, 100) if unit == "%" and rules.percent == "value" else Fraction(1) for unit in (mine, theirs)
    ]
    if "%" in {mine, theirs} or mine == theirs or not (mine and theirs):
        return percents[0], percents[1]
    one, other = factor(mine), factor(theirs)
    if one is None or other is None or one[0] != other[0]:
        return None
    return one[1], other[1]


def _choices(given: Quantity, expected: Quantity, rules: Rules) -> Answer | None:  # noqa: ARG001 - one of several
    wanted = _CHOICE.fullmatch(_plainly(expected.body))
    if not wanted or not (wanted[0].startswith("(") or wanted[1].isupper()):
        return None
    body = _plainly(given.body)
    chosen = _CHOSEN.fullmatch(body) or _CHOICE.fullmatch(body)
    letter = next((group for group in chosen.groups() if group), "") if chosen else ""
    if not letter:
        return None
    if letter.upper() == wanted[1].upper():
        return Proved(f"both choose {letter.upper()}")
    return Refuted("another choice", left=letter.upper(), right=wanted[1].upper())


def _texts(given: Quantity, expected: Quantity, rules: Rules) -> Answer | None:  # noqa: ARG001 - one of several
    words = _is_text(given.body) and _WORDS.fullmatch(_plainly(expected.body))
    if not (words or _is_text(_plainly(expected.body))):
        return None
    mine, theirs = _folded(given.body), _folded(expected.body)
    if mine == theirs:
        return Proved("the same words")
    return Refuted("other words", left=given.body, right=expected.body)


def _is_text(body: str) -> bool:
    """Words that are no formula: yes, Tom, blue whale; not pi, sin x, xy, x or y."""
    if not _WORDS.fullmatch(body):
        return False
    words = re.split(r"[ '’.-]+", body)
    if any(word in FUNCTIONS or word in CONSTANTS or word in GREEK or word in CALCULUS for word in words):
        return False
    said = {"yes", "no", "odd", "even", "none", "never", "true", "false"}
    return any(len(word) > 3 or word in said or (len(word) > 1 and word.istitle()) for word in words)


def _plainly(body: str) -> str:
    r"""Without the macros around words: \textbf{(B)}\ 12 is (B) 12."""
    return unwrapped(re.sub(r"\\(?:text|mathrm|textbf)\s?\{([^{}]*)\}(?:\\ )?", r"\1 ", body))


def _folded(body: str) -> str:
    return " ".join(_plainly(body).replace("’", "'").casefold().removeprefix("the ").split())


def _ratios(given: Quantity, expected: Quantity, rules: Rules) -> Answer | None:  # noqa: ARG001 - one of several
    times = [_TIME.fullmatch(side.body) for side in (given, expected)]
    if all(times) and any(time and time[3] for time in times):
        return _times(*(time.groups("") for time in times if time))
    mine, theirs = _ratio(given.body), _ratio(expected.body)
    if mine is None or theirs is None:
        return None
    same = len(mine) == len(theirs) and all(a * theirs[0] == b * mine[0] for a, b in zip(mine, theirs, strict=True))
    return Proved("the same ratio") if same else Refuted("another ratio", left=given.body, right=expected.body)


def _times(given: tuple[str, ...], expected: tuple[str, ...]) -> Answer:
    same = [int(a) == int(b) for a, b in zip(given[:2], expected[:2], strict=True)]
    halves = given[2].lower() == expected[2].lower() or not (given[2] and expected[2])
    if all(same) and halves:
        return Proved("the same time")
    return Refuted("another time", left=":".join(given[:2]) + given[2], right=":".join(expected[:2]) + expected[2])


def _ratio(body: str) -> tuple[Fraction, ...] | None:
    """3:4 as (3, 4); a plain fraction 3/4 as that too, so that it can meet a ratio."""
    if _RATIO.fullmatch(body):
        terms = tuple(Fraction(term.strip()) for term in re.split(r":|\\colon", body))
        return terms if all(terms) else None
    value = number(body)
    return (Fraction(value.numerator), Fraction(value.denominator)) if value else None


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
        return ask({"claim": "same_set", "statement": text(expected), "candidate": text(given)}, {})

    return equal, same_set


def _read(written: str) -> Tree:
    """The text as it is, or else without the unit after it."""
    try:
        return tree(unwrapped(written), mixed=True, allow=CALCULUS)
    except Wrong:
        parts = quantity(written)
        if parts.body == unwrapped(written) or parts.unit not in UNITS:
            raise
        return tree(parts.body, mixed=True, allow=CALCULUS)
