"""The twelve identities: their two spellings agree, the form keeps the question out, only proofs earn a point."""

from __future__ import annotations

import ast
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome

TASK = load("identities")
MODULE: Any = sys.modules[TASK.verify.__module__]
TEXTS = {case.name: case.text for case in TASK.golden}
TEXTBOOK = dict(zip(MODULE.ITEMS, (ast.unparse(part) for part in MODULE.components(TEXTS["textbook"])), strict=True))


class Text:
    def __init__(self, text: str) -> None:
        self.text = text

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the candidate must never run, but {name!r} was asked of it")


def verified(text: str) -> Outcome:
    candidate: Any = Text(text)
    outcome = TASK.verify(candidate)
    assert isinstance(outcome, Outcome)
    return outcome


def with_item(name: str, formula: str) -> str:
    return f"({', '.join((TEXTBOOK | {name: formula}).values())})"


def test_twelve_proofs() -> None:
    outcome = verified(TEXTS["textbook"])
    assert outcome.metrics["proved"] == len(MODULE.ITEMS) == 12
    assert all(": proved: " in line for line in outcome.feedback.splitlines())
    assert outcome.score is not None
    assert TASK.target is not None
    assert TASK.target < outcome.score == pytest.approx(12 - 0.001 * outcome.features["size"])


@pytest.mark.parametrize("name", list(TEXTBOOK))
def test_text_and_floats_say_the_same(name: str) -> None:
    """Both the statement and the letters are given twice: for the proof and for partial credit."""
    item, tree = MODULE.ITEMS[name], ast.parse(TEXTBOOK[name], mode="eval").body
    assert all(MODULE.nearness(item, tree, x) == pytest.approx(1) for x in item.at)


@pytest.mark.parametrize("name", list(TEXTBOOK))
def test_a_formula_that_is_off_by_a_millionth_is_no_proof(name: str) -> None:
    credit, answer = MODULE.judged(name, f"{TEXTBOOK[name]} + 1/999999")
    assert credit < 0.4
    assert "your formula is" in answer.feedback()


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("quintuple angle", "c*(4*(2*c**2 - 1)**2 - 2*(2*c**2 - 1) - 1)"),
        ("half angle", "(1 - t**2)/(1 + t**2 + 2*t)"),
        ("power reduction", "3/8 - c2/2 + c4/8"),
        ("nested roots", "sqrt(5) + (sqrt(6) + 3)/sqrt(3)"),
        ("arctangents", "5*atan(1/7) + 2*atan(3/79)"),
        ("binomial squares", "factorial(2*n)/factorial(n)**2"),
        ("one sine", "-2*sin(x - 2*pi/3)"),
        ("dilogarithm", "p**2/12 - log(4)**2/8"),
    ],
)
def test_other_formulas_are_proved_too(name: str, formula: str) -> None:
    outcome = verified(with_item(name, formula))
    assert outcome.instances[name] > 0.9


@pytest.mark.parametrize(
    ("name", "formula", "message"),
    [
        ("quintuple angle", "cos(5*x)", "cos may not be called"),
        ("quintuple angle", "x", "the name 'x' is not known here; known: c"),
        ("quintuple angle", "c**(1/2)", "an exponent is an integer"),
        ("quintuple angle", "c**c", "an exponent is an integer"),
        ("quintuple angle", "c**13", "at most the size 12"),
        ("power reduction", "c2*c4", "only be multiplied by numbers"),
        ("power reduction", "c2/c4", "only be multiplied by numbers"),
        ("power reduction", "c2**1", "only be multiplied by numbers"),
        ("power reduction", "2**c2", "an exponent is an integer"),
        ("nested roots", "sqrt(sqrt(2))", "positive whole number"),
        ("nested roots", "sqrt(2/3)", "positive whole number"),
        ("nested roots", "sqrt(-2)", "positive whole number"),
        ("nested roots", "sqrt(2, 3)", "other arguments"),
        ("nested roots", "sqrt(*(2,))", "positive whole number"),
        ("nested roots", "1000000", "at most 6 digits"),
        ("nested roots", "[1 for k in sqrt]", "ListComp is not allowed"),
        ("arctangents", "pi/4", "the name 'pi' is not known"),
        ("arctangents", "atan(1/4)", "of size 1/5 at most"),
        ("arctangents", "atan(0)", "of size 1/5 at most"),
        ("arctangents", "atan(1/0)", "of size 1/5 at most"),
        ("binomial squares", "binomial(n*n, n)", "a formula like n"),
        ("binomial squares", "binomial(2*n)", "other arguments"),
        ("binomial squares", "n**n", "an exponent is an integer"),
        ("one sine", "x", "only stand inside of the call"),
        ("one sine", "sin(2*x + 1)", "x \\+ a"),
        ("one sine", "sin(x + 0*x)", "x \\+ a"),
        ("dilogarithm", "log(1/2)", "positive whole number"),
    ],
)
def test_what_has_another_form_is_refused_by_name(name: str, formula: str, message: str) -> None:
    with pytest.raises(Wrong, match=f"^{name} .*{message}"):
        verified(with_item(name, formula))


FORMULAS = st.recursive(
    st.sampled_from(["c2", "c4", "1", "2", "3"]),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    max_leaves=6,
)


@given(FORMULAS)
@settings(max_examples=200, deadline=None)
def test_degree_one_is_linear(formula: str) -> None:
    """What the form calls linear has no curvature."""
    tree = ast.parse(formula, mode="eval").body
    if MODULE.degree(tree) <= 1:
        at = [MODULE.value(tree, {"c2": 0.5 + k, "c4": 0.25 - 2 * k}) for k in (-1, 0, 1)]
        assert at[0] + at[2] == pytest.approx(2 * at[1])


def test_a_letter_is_replaced_as_a_whole() -> None:
    item = MODULE.ITEMS["half angle"]
    assert MODULE.spelled(item, ast.parse("1/t**2", mode="eval").body) == "1 / tan(x / 2) ** 2"
    item = MODULE.ITEMS["duplication"]
    assert MODULE.spelled(item, ast.parse("q**2", mode="eval").body) == "(4 ** x) ** 2"


def test_shorter_is_better_and_less_than_a_proof() -> None:
    short, long = (verified(with_item("cube root", text)).score for text in ("2 + sqrt(3)", "sqrt(3) + 1 + 1"))
    assert short is not None
    assert long is not None
    assert 0 < short - long < 0.01
    assert MODULE.PER_NODE * MODULE.NODES <= 0.1
