"""What the ten functions are, against plain Python, and what a formula earns."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome
from refine.verifiers import smt

TASK = load("bit_tricks")
MODULE: Any = sys.modules[TASK.verify.__module__]
TEXTS = {case.name: case.text for case in TASK.golden}


def signed(x: int) -> int:
    return x - 2**32 if x >= 2**31 else x


PLAIN: dict[str, Callable[..., int]] = {
    "average": lambda x, y: (x + y) // 2,
    "power of two": lambda x: 1 << (x - 1).bit_length(),
    "popcount": lambda x: x.bit_count(),
    "parity": lambda x: x.bit_count() % 2,
    "sign": lambda x: (signed(x) > 0) - (signed(x) < 0),
    "lowest bit": lambda x: x & -x,
    "reversed byte": lambda x: int(f"{x:08b}"[::-1], 2),
    "absolute value": lambda x: abs(signed(x)),
    "minimum": lambda x, y: min(signed(x), signed(y)),
}
words = st.one_of(st.integers(0, 2**32 - 1), st.integers(0, 300), st.integers(2**32 - 300, 2**32 - 1))


class Text:
    def __init__(self, text: str) -> None:
        self.text = text


def verified(text: str) -> Outcome:
    candidate: Any = Text(text)
    outcome = TASK.verify(candidate)
    assert isinstance(outcome, Outcome)
    return outcome


@pytest.mark.parametrize("name", PLAIN)
@given(x=words, y=words)
@settings(max_examples=25, deadline=None)
def test_the_reference_is_the_function(name: str, x: int, y: int) -> None:
    wanted = MODULE.FUNCTIONS[name]
    at = (x % 256 if name == "reversed byte" else x % 2**31 + 1 if name == "power of two" else x, y)[
        : len(wanted.inputs)
    ]
    term = wanted.of(*MODULE._variables(name).values())
    assert MODULE.concrete(name, term, at) == PLAIN[name](*at) % 2**32


def test_the_next_alike_is_the_next_one() -> None:
    z3 = smt.z3()
    x = z3.BitVec("x", 8)
    term = MODULE.next_alike(x)
    for number in range(1, 255):
        larger = [n for n in range(number + 1, 256) if n.bit_count() == number.bit_count()]
        if larger:
            assert z3.simplify(z3.substitute(term, (x, z3.BitVecVal(number, 8)))).as_long() == larger[0]


def test_textbook_formulas_are_all_proved_and_pay_for_their_operations() -> None:
    outcome = verified(TEXTS["textbook"])
    assert outcome.metrics["proved"] == 10
    assert outcome.score == pytest.approx(10 - outcome.metrics["operations"] * MODULE.PER_OPERATION)


@pytest.mark.parametrize("name", ["wraps_around", "one_input_wrong", "sign_of_difference", "divides_by_zero"])
def test_wrong_for_few_inputs_is_not_proved(name: str) -> None:
    outcome = verified(TEXTS[name])
    assert outcome.metrics["proved"] == 9
    assert sum("refuted: at x = " in line for line in outcome.feedback.splitlines()) == 1


def test_equal_parts_count_once() -> None:
    assert MODULE.operations(["x + 1"]) == 1
    assert MODULE.operations(["(x + 1) * (x + 1)"]) == 2
    assert MODULE.operations(["-x & x", "x < 3"]) == 3


def test_closer_is_worth_more_and_never_as_much_as_a_proof() -> None:
    far, near, proved = (
        MODULE.judged("average", text)[0] for text in ("0", "(x + y) >> 1", "(x & y) + ((x ^ y) >> 1)")
    )
    assert 0 < far < near < 0.4
    assert 0.9 < proved < 1


def test_a_refusal_names_the_function() -> None:
    with pytest.raises(Wrong, match=r"^popcount: tables are not allowed"):
        verified("(x, x, [0][x], x, x, x, x, x, x, x)")
    with pytest.raises(Wrong, match="2 formulas, expected a tuple of 10"):
        verified("(x, x)")
