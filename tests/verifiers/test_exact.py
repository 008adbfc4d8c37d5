from __future__ import annotations

import ast
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.verifiers.exact import Bounds, expressions, number, rows


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_taken_exactly(value: float) -> None:
    assert number(value, "x") == Fraction(value)
    assert number(np.float64(value), "x") == Fraction(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), 10**400, -(10**400)])
def test_numbers_beyond_the_floats_are_refused(value: object) -> None:
    with pytest.raises(Wrong, match="radius"):
        number(value, "radius")


@pytest.mark.parametrize("value", [True, np.True_, None, "1", b"1", [1], {"r": 1}, 1j, np.array([1.0])])
def test_what_is_no_number_is_refused_without_being_printed(value: object) -> None:
    with pytest.raises(Wrong, match="entry 2") as refused:
        number(value, "entry 2")
    assert len(str(refused.value)) < 80


def test_an_integer_too_long_to_print_is_refused_all_the_same() -> None:
    with pytest.raises(Wrong, match="larger than any float"):
        number(10**5000, "x")


def test_numpy_numbers_count() -> None:
    assert number(np.float32(0.1), "x") == Fraction(float(np.float32(0.1)))
    assert number(np.int64(3), "x") == 3


def test_rows_takes_lists_and_arrays_of_the_right_shape() -> None:
    expected = [(Fraction(1), Fraction(2)), (Fraction(3), Fraction(4))]
    assert rows([[1, 2], (3.0, 4)], 2, 2, "point") == expected
    assert rows(np.array([[1, 2], [3, 4]]), 2, 2, "point") == expected
    assert rows([np.array([1, 2]), [3, 4]], 2, 2, "point") == expected


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([[1, 2]], "exactly 2 points, got 1"),
        ([[1, 2], [3]], "point 1 has 1 entries"),
        ([[1, 2], 3], "point 1 is a int"),
        ({"a": 1, "b": 2}, "got a dict"),
        (np.float64(3.0), "got a float"),
        (np.array(3.0), "got a float"),
        (None, "got a None"),
        ("ab", "got a str"),
        ([[1, 2], [3, math.nan]], "point 1, entry 1 is nan"),
    ],
)
def test_rows_says_what_is_wrong(value: object, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        rows(value, 2, 2, "point")


def test_a_tuple_gives_its_parts() -> None:
    parts = expressions(" (n*(n+1)/2,\n -n**2) ", {"n"})
    assert [ast.unparse(part) for part in parts] == ["n * (n + 1) / 2", "-n ** 2"]
    assert len(expressions("n", {"n"})) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("n n", "not one Python expression"),
        ("n = 1", "not one Python expression"),
        ("m", "'m' is not known here; known: n"),
        ("f(n)", "calls"),
        ("n.real", "attributes"),
        ("n // 2", "write `/`"),
        ("n ^ 2", "write `\\*\\*`"),
        ("n @ n", "MatMult"),
        ("n if n else 1", "conditions"),
        ("n < 2", "conditions"),
        ("[1, 2][n]", "tables"),
        ("0.5 * n", "1/2 instead"),
        ("True", "literal bool"),
        ("...", "literal ellipsis"),
        ("(n, (n, n))", "tuple inside"),
        ("lambda: n", "functions"),
        ("(n := 1)", "NamedExpr"),
        ("not n", "Not is not allowed"),
        ("(n, *n)", "Starred"),
        ("1234567890123", "more than 12 digits"),
        ("9" * 5000, "at most 2000"),
        ("9" * 1999, "more than 12 digits"),
        ("\uff4e", "ASCII"),
        ("n\0", "not one Python expression"),
        ("(" * 900 + "n" + ")" * 900, "not one Python expression"),
        ("-" * 1900 + "n", "nested too deeply|while parsing"),
        ("n" + "+n" * 900, "nested too deeply"),
        ("(" + "n," * 900 + ")", "too long"),
        ("1if n else 2", "conditions"),
    ],
)
def test_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        expressions(text, {"n"})


@given(st.text(alphabet="n0123456789+-*/() ,.^<>=[]{}'\"_:\\\n\tifelsemda", max_size=60))
def test_any_text_is_admitted_or_refused(text: str) -> None:
    """No text makes the parser raise anything but Wrong, and what it admits holds nothing but arithmetic."""
    try:
        parts = expressions(text, {"n"}, Bounds(nodes=30, depth=10, digits=4))
    except Wrong:
        return
    allowed = (ast.BinOp, ast.UnaryOp, ast.Constant, ast.Name, ast.operator, ast.unaryop, ast.Load)
    assert all(isinstance(node, allowed) for part in parts for node in ast.walk(part))
