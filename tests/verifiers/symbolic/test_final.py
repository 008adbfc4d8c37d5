"""Where a solution's answer stands, and what its value and unit are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.verifiers.symbolic.final import final_answer, unwrapped
from refine.verifiers.symbolic.final_numbers import number
from refine.verifiers.symbolic.final_quantity import Quantity, attached, quantity
from refine.verifiers.symbolic.final_units import canonical, factor, multiplied

ENDS = [
    (r"So the answer is $\boxed{\frac{1}{2}}$.", r"\frac{1}{2}"),
    (r"First \boxed{1}, no: \boxed{2}", "2"),
    (r"\boxed{\text{(B)}}", "(B)"),
    (r"\boxed 7", "7"),
    (r"\boxed{x \in \{1, 2\}}", r"x \in \{1, 2\}"),
    (r"\fbox{12}", "12"),
    (r"\boxed{unfinished", None),
    (r"\boxed{3} and then \boxed{unfinished", "3"),
    ("She pays 3 * 14 = 42 dollars.\n#### 42", "42"),
    ("#### 1,234", "1,234"),
    ("#### 7\n", "7"),
    ("The answer is 42.", "42"),
    ("the final answer is: $x = 3$. I hope it is correct.", "x = 3"),
    ("**Answer:** 12 dollars", "12 dollars"),
    ("Answer: \\$18.50", "\\$18.50"),
    ("The answer is 3.14.", "3.14"),
    ("The answer is (B).", "(B)"),
    ("The answers are 2 and 3.", "2 and 3"),
    ("The answer is\n\n7", "7"),
    ("The answer is 1. Wait, the answer is 2.", "2"),
    ("<answer>yes</answer>", "yes"),
    ("<think>no</think>\n<answer> 5 </answer>", "5"),
    ("Therefore $3 + 4 = 7$.", "7"),
    ("so $x = 5$", "x = 5"),
    ("He has 12 apples and 5 pears left: 17", "17"),
    ("That leaves $1,250.50 in all", "$1,250.50"),
    ("it is -3", "-3"),
    ("three quarters, 3/4", "3/4"),
    ("nothing here", None),
    ("", None),
]


@pytest.mark.parametrize(("solution", "answer"), ENDS)
def test_the_final_answer(solution: str, answer: str | None) -> None:
    assert final_answer(solution) == answer


@given(st.text(max_size=200))
def test_any_text_has_a_final_answer_or_none(solution: str) -> None:
    answer = final_answer(solution)
    assert answer is None or (answer == answer.strip() and answer)


@given(st.from_regex(r"[a-z0-9+ ]{0,30}", fullmatch=True))
def test_a_box_is_found_behind_any_text(before: str) -> None:
    assert final_answer(before + r" \boxed{a_{1}+b}") == "a_{1}+b"


@pytest.mark.parametrize(
    ("wrapped", "bare"),
    [("$5$", "5"), ("**5**", "5"), (r"\(5\)", "5"), (r"\[ 5 \]", "5"), ("$$5$$.", "5"), ("`5`", "5")],
)
def test_wrappers_come_off(wrapped: str, bare: str) -> None:
    assert unwrapped(wrapped) == bare


def test_two_formulas_are_not_taken_for_one() -> None:
    assert unwrapped("$2$ and $3$") == "$2$ and $3$"


QUANTITIES = [
    ("12", "12", ""),
    ("12 dollars", "12", "dollar"),
    ("$12", "12", "dollar"),
    (r"\$12.50", "12.50", "dollar"),
    ("-$5", "-5", "dollar"),
    ("€3", "3", "euro"),
    ("50%", "50", "%"),
    (r"50\%", "50", "%"),
    ("50 percent", "50", "%"),
    ("12 m/s", "12", "m/second"),
    ("60 miles per hour", "60", "mile/hour"),
    ("60 mph", "60", "mile/hour"),
    ("5 hours", "5", "hour"),
    ("12cm", "12", "cm"),
    ("5 m", "5", "m"),
    ("5m", "5m", ""),
    ("3x", "3x", ""),
    ("3 x", "3 x", ""),
    (r"12\text{ cm}^2", "12", "cm^2"),
    (r"12\,\text{cm}", "12", "cm"),
    (r"12 \mathrm{~kg}", "12", "kg"),
    ("5 square feet", "5", "foot^2"),
    ("5 cubic inches", "5", "inch^3"),
    (r"90^\circ", "90", "degree"),
    (r"90^{\circ}", "90", "degree"),
    ("90°", "90", "degree"),
    ("90 degrees", "90", "degree"),
    ("12 apples", "12", "apple"),
    ("2 and 3", "2 and 3", ""),
    (r"2 \sqrt{3} \text{ units}", r"2 \sqrt{3}", "unit"),
]


@pytest.mark.parametrize(("answer", "body", "unit"), QUANTITIES)
def test_a_quantity_is_a_value_and_a_unit(answer: str, body: str, unit: str) -> None:
    assert quantity(answer) == Quantity(body, unit)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("42", Fraction(42)),
        ("-42", Fraction(-42)),
        ("−42", Fraction(-42)),  # noqa: RUF001 - the minus sign itself
        ("+7", Fraction(7)),
        ("1,234.5", Fraction(2469, 2)),
        ("1,23", None),
        ("10{,}000", Fraction(10_000)),
        (r"10\,000", Fraction(10_000)),
        ("0.1", Fraction(1, 10)),
        (".5", Fraction(1, 2)),
        ("3.", Fraction(3)),
        ("3/4", Fraction(3, 4)),
        ("-3/4", Fraction(-3, 4)),
        ("2 1/2", Fraction(5, 2)),
        ("-2 1/2", Fraction(-5, 2)),
        ("2 and 1/2", Fraction(5, 2)),
        ("2 3/2", None),
        (r"\frac{1}{2}", Fraction(1, 2)),
        (r"-\dfrac{3}{4}", Fraction(-3, 4)),
        (r"2\frac{1}{2}", Fraction(5, 2)),
        (r"\frac12", Fraction(1, 2)),
        ("1/0", None),
        ("x", None),
        ("", None),
    ],
)
def test_a_plain_number_is_read_exactly(written: str, value: Fraction | None) -> None:
    assert number(written) == value


@given(st.fractions())
def test_every_fraction_is_read_back(value: Fraction) -> None:
    assert number(str(value)) == value


@given(st.integers(0, 10**12))
def test_thousands_are_read_back(value: int) -> None:
    assert number(f"{value:,}") == value


def test_units_have_one_spelling_and_a_factor() -> None:
    assert canonical("Kilometers per hour") == canonical("km/h") == "km/hour"
    assert factor("km/hour") == (("length", "/time"), Fraction(5, 18))
    assert factor("cm^2") == (("length2",), Fraction(1, 10_000))
    assert factor("apple") is None


def test_words_that_multiply_are_taken_off_one_by_one() -> None:
    assert multiplied("dozen eggs") == (Fraction(12), "eggs")
    assert multiplied("hundred thousand") == (Fraction(100_000), "")
    assert multiplied("apples") == (Fraction(1), "apples")


def test_a_letter_after_a_number_may_be_a_unit() -> None:
    assert attached(quantity("5m")) == Quantity("5", "m")
    assert attached(quantity("3k")) == Quantity("3", "", Fraction(1000))
    assert attached(quantity("5x")) is None


@given(st.integers(0, 999_999))
def test_numbers_in_words_are_read_back(value: int) -> None:
    assert number(in_words(value)) == value


def in_words(value: int) -> str:
    """As it is said."""
    ones = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    small = [*ones.split(), "seventeen", "eighteen", "nineteen"]
    if value < 20:
        return small[value]
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if value >= size:
            rest = f" and {in_words(value % size)}" if value % size else ""
            return f"{in_words(value // size)} {name}{rest}"
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"][value // 10 - 2]
    return f"{tens}-{in_words(value % 10)}" if value % 10 else tens
