"""The ring of fractions: what vanishes does, and what does not is never said to."""

from __future__ import annotations

import contextlib

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.verifiers.symbolic.kernels import TooLarge
from refine.verifiers.symbolic.ring import vanishes

x, y = sympy.symbols("x y", real=True)
p, q = sympy.symbols("p q", positive=True)
z = sympy.Symbol("z")
n = sympy.Symbol("n", integer=True, nonnegative=True)
m = sympy.Symbol("m", integer=True)
S = sympy.S


@pytest.mark.parametrize(
    "expr",
    [
        (x + 1) ** 2 - x**2 - 2 * x - 1,
        x / (x + 1) - 1 + 1 / (x + 1),
        sympy.tan(x + y) - (sympy.tan(x) + sympy.tan(y)) / (1 - sympy.tan(x) * sympy.tan(y)),
        sympy.exp(sympy.I * z) - sympy.cos(z) - sympy.I * sympy.sin(z),
        1 / (sympy.sqrt(2) + 1) - sympy.sqrt(2) + 1,
        sympy.log(6 * p * q) - sympy.log(p) - sympy.log(q) - sympy.log(2) - sympy.log(3),
        sympy.binomial(n + 1, 3) - sympy.binomial(n, 3) - sympy.binomial(n, 2),
        sympy.harmonic(n + 2) - sympy.harmonic(n) - 1 / (n + 1) - 1 / (n + 2),
        (-1) ** (m + 1) + (-1) ** m,
        sympy.asin(z) + sympy.acos(z) - sympy.pi / 2,
        sympy.besselj(1, 2 * (z + 1)) - sympy.besselj(1, 2 * z + 2),
        sympy.sign(x) / sympy.Abs(x) - 1 / x,
    ],
    ids=str,
)
def test_these_vanish(expr: sympy.Expr) -> None:
    assert vanishes(expr)


@pytest.mark.parametrize(
    "expr",
    [
        sympy.sqrt(z**2) - z,
        sympy.log(x * y) - sympy.log(x) - sympy.log(y),
        sympy.log(x**2) - 2 * sympy.log(x),
        sympy.sqrt(z * x) - sympy.sqrt(z) * sympy.sqrt(x),
        (z**2) ** z - z ** (2 * z),
        sympy.exp(z) ** (S(1) / 2) - sympy.exp(z / 2),
        sympy.sqrt(1 / z) - 1 / sympy.sqrt(z),
        sympy.asin(sympy.sin(x)) - x,
        sympy.sign(m) ** 2 - 1,
        sympy.binomial(m, n) - sympy.binomial(m, m - n),
        S.Zero**n - S.Zero ** (n + m),
        sympy.oo - sympy.Symbol("w"),
        1 / (sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1),
    ],
    ids=str,
)
def test_these_do_not(expr: sympy.Expr) -> None:
    with contextlib.suppress(TooLarge, ZeroDivisionError):
        assert not vanishes(expr)


def test_a_power_too_large_is_left_alone() -> None:
    with pytest.raises(TooLarge):
        vanishes((x + y + z + p + q + 1) ** 300 - 1)


COEFFICIENTS = st.lists(st.integers(-9, 9), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(COEFFICIENTS, COEFFICIENTS, st.integers(-3, 3))
def test_polynomials_are_decided(a: list[int], b: list[int], c: int) -> None:
    left = sum((k * x**i for i, k in enumerate(a)), S.Zero)
    right = sum((k * y**i for i, k in enumerate(b)), S.Zero)
    product = sympy.expand(left * right) + c
    assert vanishes(sympy.Mul(left, right, evaluate=False) - product) == (c == 0)


PI = sympy.pi
RELATED = [
    sympy.cos(x + PI / 3) - sympy.cos(x) / 2 + sympy.sqrt(3) * sympy.sin(x) / 2,
    sympy.sin(x + PI / 5) - sympy.sin(x) * sympy.cos(PI / 5) - sympy.cos(x) * sympy.sin(PI / 5),
    sympy.sin(x + PI / 8) - sympy.sin(x) * sympy.cos(PI / 8) - sympy.cos(x) * sympy.sin(PI / 8),
    2 ** (S(1) / 4) * sympy.sin(x + PI / 4) - 2 ** (S(3) / 4) / 2 * (sympy.sin(x) + sympy.cos(x)),
    sympy.fibonacci(n + 2) - sympy.fibonacci(n + 1) - sympy.fibonacci(n),
    sympy.fibonacci(m) - ((S(1) / 2 + sympy.sqrt(5) / 2) ** m - (S(1) / 2 - sympy.sqrt(5) / 2) ** m) / sympy.sqrt(5),
    sympy.fibonacci(2 * m) - sympy.fibonacci(m) * sympy.lucas(m),
    S.GoldenRatio**m - sympy.fibonacci(m) * S.GoldenRatio - sympy.fibonacci(m - 1),
    (2 - sympy.sqrt(3)) ** z - (2 + sympy.sqrt(3)) ** -z,
    (1 - sympy.sqrt(2)) ** z - sympy.exp(sympy.I * PI * z) * (1 + sympy.sqrt(2)) ** -z,
    sympy.subfactorial(n + 2) - (n + 1) * (sympy.subfactorial(n + 1) + sympy.subfactorial(n)),
    sympy.polylog(1, z / 2) + sympy.log(1 - z / 2),
]


@pytest.mark.parametrize("expr", RELATED, ids=str)
def test_related_kernels_are_known_to_be(expr: sympy.Expr) -> None:
    assert vanishes(expr)
    assert not vanishes(expr + S(1) / 10**9)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20]), st.integers(1, 60), st.integers(-2, 2))
def test_angles_are_added(order: int, k: int, off: int) -> None:
    angle = PI * k / order
    both = sympy.sin(x) * sympy.cos(angle) + sympy.cos(x) * sympy.sin(angle)
    assert vanishes(sympy.sin(x + angle) - both + off * sympy.sqrt(3)) == (off == 0)
