"""Two short answers compared without a grammar: numbers with units, letters of a choice, words, ratios, times.

Each comparison answers, or says None where the two are not of its kind. Where an answer can be read in more than one
way (3 dozen may answer "how many?" with 36, or "how many dozens?" with 3; 3:30 may be a time or a ratio) it is proved
or refuted only if the readings agree.
"""

# ruff: noqa: RUF001 - the very signs that people write

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.final import unwrapped
from refine.verifiers.symbolic.final_numbers import digits, number
from refine.verifiers.symbolic.final_quantity import Quantity, attached
from refine.verifiers.symbolic.final_units import MULTIPLIERS, UNITS, factor
from refine.verifiers.symbolic.grammar_names import CONSTANTS, FUNCTIONS, GREEK
from refine.verifiers.symbolic.tree import CALCULUS

_CHOICE = re.compile(r"\(?([A-Ja-j])\)?")
_CHOSEN = re.compile(r"(?:\(([A-Ja-j])\)|([A-J])(?:[.):]|$))(?:\s.*)?", re.DOTALL)
_WORDS = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+){0,12}")
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)\s*([ap])?\.?\s*(?:m\.?)?", re.IGNORECASE)
_RATIO = re.compile(r"\d{1,50}(?:\.\d{1,50})?(?:\s*(?::|\\colon)\s*\d{1,50}(?:\.\d{1,50})?){1,9}")
_NOTHING = re.compile(r"none|empty set|(?:there (?:is|are) )?no (?:real |integer )?solutions?")
_EMPTY = frozenset({"EmptySet", r"\emptyset", r"\varnothing", "∅", "{}", r"\{\}"})
_COMMA = re.compile(r"-?(?:0,\d{1,50}|\d{1,50},(?!\d{3}$)\d{1,50})")
_COMMAS = Undecided(("a decimal comma, or one between thousands or answers",))
_ALIKE = frozenset({"pound", "lb"})
"""A pound may be money or a mass: £5 is 5 pounds, and 5 lb are 5 pounds."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How answers are compared; as the arguments of `same_answer`."""

    percent: Literal["value", "sign"]
    within: Fraction
    ordered: bool
    seconds: float


def plainly_compared(given: Quantity, expected: Quantity, rules: Rules) -> Answer | None:
    """The first of the comparisons that the two are of the kind for; None: they are formulas."""
    for compare in (_numbers, _choices, _texts, _ratios):
        if (answer := compare(given, expected, rules)) is not None:
            return answer
    return None


# numbers and units


def _numbers(given: Quantity, expected: Quantity, rules: Rules) -> Answer | None:
    mine, theirs = number(given.body), number(expected.body)
    if mine is not None and theirs is not None:
        answer: Answer | None = _measured(given, mine, expected, theirs, rules)
        doubtful = isinstance(answer, Refuted) and _commas(given, mine, expected, theirs)
        return _COMMAS if doubtful else answer
    if _commas(given, mine, expected, theirs):
        return _COMMAS
    if theirs is not None and mine is None and (read := attached(given)):
        return _numbers(read, expected, rules)
    if mine is not None and theirs is None and (read := attached(expected)):
        answer = _numbers(given, read, rules)
        clear = given.unit or isinstance(answer, Refuted)
        return answer if clear else Undecided((f"{expected.body}: a unit or a symbol",))
    return None


def _commas(given: Quantity, mine: Fraction | None, expected: Quantity, theirs: Fraction | None) -> bool:
    return _with_comma(given, theirs) or _with_comma(expected, mine)


def _with_comma(answer: Quantity, other: Fraction | None) -> bool:
    """Whether it is that number if its comma is a decimal one."""
    return (
        other is not None and bool(_COMMA.fullmatch(answer.body)) and Fraction(answer.body.replace(",", ".")) == other
    )


def _measured(given: Quantity, mine: Fraction, expected: Quantity, theirs: Fraction, rules: Rules) -> Answer:
    scales = _scales(given.unit, expected.unit, rules)
    if scales is None:
        return Undecided((f"units: {given.unit} against {expected.unit}",))
    left, right = mine * scales[0], theirs * scales[1]
    distance = abs(left * given.scale - right * expected.scale)
    if distance == 0 or _in_another_unit(given, mine, expected, theirs):
        return Proved(f"both are {expected.said}")
    if distance <= rules.within:
        return Proved(f"within {rules.within} of {expected.said}")
    if given.scale != expected.scale and left == right:
        return Undecided(("a word that multiplies, in one answer only: it may be what is counted",))
    if bool(digits(given.body)) != bool(digits(expected.body)) and _digits(given) == _digits(expected):
        return Undecided(("the same digits, with a base in one answer only",))
    return Refuted("two different numbers", left=given.said, right=expected.said)


def _digits(quantity: Quantity) -> str:
    return digits(quantity.body) or quantity.body


def _in_another_unit(given: Quantity, mine: Fraction, expected: Quantity, theirs: Fraction) -> bool:
    """2 h 30 min, which is 150 min, against a bare 2.5."""
    return any(
        one * UNITS[quantity.unit][1] == other * UNITS[unit][1] and not bare.unit
        for quantity, one, bare, other in ((given, mine, expected, theirs), (expected, theirs, given, mine))
        for unit in quantity.larger
    )


def _scales(mine: str, theirs: str, rules: Rules) -> tuple[Fraction, Fraction] | None:
    """By what the two values are multiplied before they are compared; None where the units cannot be."""
    if not (mine and theirs and mine != theirs) or "%" in (mine, theirs):
        same = {mine, theirs} <= {"%", ""} or mine == theirs or not (mine and theirs)
        percents = [Fraction(1, 100 if unit == "%" and rules.percent == "value" else 1) for unit in (mine, theirs)]
        return (percents[0], percents[1]) if same else None
    if {mine, theirs} == _ALIKE:
        return Fraction(1), Fraction(1)
    one, other = factor(mine), factor(theirs)
    if one is None or other is None or one[0] != other[0]:
        return None
    return one[1], other[1]


# choices and words


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
    one, other = _plainly(given.body), _plainly(expected.body)
    words = _is_text(one) and (_WORDS.fullmatch(other) or _says_nothing(one) or _counts(one))
    if not (words or _is_text(other)):
        return None
    if _folded(one) == _folded(other):
        return Proved("the same words")
    if _says_nothing(one) and _says_nothing(other):
        return Proved("both are empty")
    if _of_one_kind(one, other):
        return Refuted("other words", left=given.body, right=expected.body)
    return Undecided(("words against a formula, or words that count",))


def _says_nothing(body: str) -> bool:
    """No solutions, or the empty set."""
    return body.replace(" ", "") in _EMPTY or bool(_NOTHING.fullmatch(_folded(body)))


def _of_one_kind(one: str, other: str) -> bool:
    """Words both, or words that do not count against a number."""
    words = [bool(_WORDS.fullmatch(body)) and number(body) is None for body in (one, other)]
    if all(words):
        return not any(_says_nothing(body) for body in (one, other)) or all(map(_is_text, (one, other)))
    said, value = (one, other) if words[0] else (other, one)
    return number(value) is not None and not _counts(said)


def _counts(words: str) -> bool:
    return any(word in MULTIPLIERS or number(word) is not None for word in re.split(r"[ -]+", words.casefold()))


def _is_text(body: str) -> bool:
    """Words that are no formula and no number: yes, Tom, blue whale; not pi, sin x, xy, x or y, forty-two."""
    if not _WORDS.fullmatch(body) or number(body) is not None:
        return False
    words = re.split(r"[ '’.-]+", body)
    if any(word in FUNCTIONS or word in CONSTANTS or word in GREEK or word in CALCULUS for word in words):
        return False
    said = {"yes", "no", "odd", "even", "none", "never", "true", "false"}
    return any(len(word) > 3 or word in said or (len(word) > 1 and word.istitle()) for word in words)


def _plainly(body: str) -> str:
    r"""Without the macros around words: \textbf{(B)}\ 12 is (B) 12."""
    return unwrapped(re.sub(r"\\(?:text|mathrm|textbf|textnormal)\s?\{([^{}]*)\}(?:\\ )?", r"\1 ", body))


def _folded(body: str) -> str:
    return " ".join(_plainly(body).replace("’", "'").casefold().removeprefix("the ").split())


# ratios and times


def _ratios(given: Quantity, expected: Quantity, rules: Rules) -> Answer | None:  # noqa: ARG001 - one of several
    times = [_TIME.fullmatch(side.body) for side in (given, expected)]
    time = _times(*(found.groups("") for found in times if found)) if all(times) else None
    if time and any(found and (found[3] or found[2].startswith("0")) for found in times):
        return time
    ratio = _ratio(given, expected)
    if time and type(time) is not type(ratio):
        return Undecided((f"{given.body} and {expected.body}: ratios or times",))
    return ratio


def _times(given: tuple[str, ...], expected: tuple[str, ...]) -> Answer:
    same = [int(a) == int(b) for a, b in zip(given[:2], expected[:2], strict=True)]
    halves = given[2].lower() == expected[2].lower() or not (given[2] and expected[2])
    if all(same) and halves:
        return Proved("the same time")
    return Refuted("another time", left=":".join(given[:2]) + given[2], right=":".join(expected[:2]) + expected[2])


def _ratio(given: Quantity, expected: Quantity) -> Answer | None:
    mine, theirs = _terms(given.body), _terms(expected.body)
    if mine is None or theirs is None:
        return None
    same = len(mine) == len(theirs) and all(a * theirs[0] == b * mine[0] for a, b in zip(mine, theirs, strict=True))
    return Proved("the same ratio") if same else Refuted("another ratio", left=given.body, right=expected.body)


def _terms(body: str) -> tuple[Fraction, ...] | None:
    """3:4 as (3, 4); a plain fraction 3/4 as that too, so that it can meet a ratio."""
    if _RATIO.fullmatch(body):
        terms = tuple(Fraction(term.strip()) for term in re.split(r":|\\colon", body))
        return terms if all(terms) else None
    value = number(body)
    return (Fraction(value.numerator), Fraction(value.denominator)) if value else None
