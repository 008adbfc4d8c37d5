"""Balls against SymPy's own values: every function, off and on its branch cuts."""

from __future__ import annotations

import pytest
import sympy
from flint import acb

from refine.verifiers.symbolic.balls import Undefined
from refine.verifiers.symbolic.evaluate import compiled, rational

X = sympy.Symbol("x")
R = sympy.Rational
POINTS = [R(7, 16), R(5, 2), R(-5, 4), R(1, 3) + sympy.I / 2, sympy.Integer(-2), R(-3, 2) - sympy.I]

UNARY = [
    "exp",
    "sin",
    "cos",
    "tan",
    "cot",
    "sec",
    "csc",
    "sinh",
    "cosh",
    "tanh",
    "coth",
    "sech",
    "csch",
    "sinc",
    "log",
    "asin",
    "acos",
    "atan",
    "acot",
    "asec",
    "acsc",
    "asinh",
    "acosh",
    "atanh",
    "acoth",
    "asech",
    "acsch",
    "Abs",
    "arg",
    "sign",
    "re",
    "im",
    "conjugate",
    "floor",
    "ceiling",
    "gamma",
    "factorial",
    "digamma",
    "erf",
    "erfc",
    "erfi",
    "Si",
    "Shi",
    "fresnels",
    "fresnelc",
    "airyai",
    "airybi",
    "airyaiprime",
    "airybiprime",
    "loggamma",
    "Ei",
    "li",
    "Ci",
    "Chi",
    "zeta",
    "dirichlet_eta",
    "LambertW",
    "elliptic_k",
    "elliptic_e",
    "harmonic",
]

OTHERS = [
    sympy.besselj(R(1, 2), X),
    sympy.bessely(1, X),
    sympy.besseli(2, X),
    sympy.besselk(R(1, 3), X),
    sympy.hankel1(1, X),
    sympy.jn(2, X),
    sympy.yn(1, X),
    sympy.expint(R(1, 2), X),
    sympy.polylog(2, X),
    sympy.lerchphi(X, 2, R(3, 2)),
    sympy.uppergamma(R(1, 2), X),
    sympy.lowergamma(R(1, 3), X),
    sympy.elliptic_f(X, R(1, 3)),
    sympy.elliptic_e(R(1, 2), X),
    sympy.elliptic_pi(R(1, 4), X),
    sympy.elliptic_pi(R(1, 4), X, R(1, 3)),
    sympy.beta(X, R(1, 3)),
    sympy.binomial(X, 3),
    sympy.binomial(X, R(1, 2)),
    sympy.rf(X, R(1, 2)),
    sympy.ff(X, R(1, 2)),
    sympy.polygamma(2, X),
    sympy.zeta(2, X),
    sympy.hermite(3, X),
    sympy.assoc_laguerre(3, 2, X),
    sympy.gegenbauer(3, R(1, 2), X),
    sympy.LambertW(X, -1),
    (X - 8) ** R(1, 3),
    X**X,
    (X**2) ** R(3, 2),
]


def evaluated(expr: sympy.Expr, point: sympy.Expr) -> complex | None:
    """The middle of the ball; None where there is no finite one."""
    env = {"x": acb(rational(sympy.re(point)).real, rational(sympy.im(point)).real)}
    try:
        ball = compiled(expr)(env)
    except Undefined:
        return None
    return complex(ball.mid()) if ball.is_finite() else None


@pytest.mark.parametrize("expr", [getattr(sympy, name)(X, evaluate=False) for name in UNARY] + OTHERS, ids=str)
def test_a_ball_holds_sympys_value(expr: sympy.Expr) -> None:
    compared = 0
    for point in POINTS:
        value = evaluated(expr, point)
        expected = expr.subs(X, point).evalf(20)
        if value is None or not expected.is_number or not expected.is_finite:
            continue
        assert value == pytest.approx(complex(expected), rel=1e-9, abs=1e-9), point
        compared += 1
    assert compared >= 4


@pytest.mark.parametrize(
    "sequence",
    [
        *(sympy.factorial, sympy.factorial2, sympy.subfactorial, sympy.fibonacci, sympy.lucas, sympy.catalan),
        *(sympy.bell, sympy.euler, sympy.harmonic),
        lambda n: sympy.harmonic(n, 2),
        lambda n: sympy.binomial(2 * n, n),
        lambda n: sympy.binomial(-n - 1, 3),
        lambda n: sympy.binomial(n, 5),
        lambda n: sympy.legendre(n, R(1, 3)),
        lambda n: sympy.jacobi(n, 1, 2, R(1, 3)),
    ],
)
def test_sequences_at_integers(sequence: object) -> None:
    assert callable(sequence)
    for n in range(8):
        ball = compiled(sequence(X))({"x": acb(n)})
        assert complex(ball.mid()) == pytest.approx(complex(sequence(n)), rel=1e-12)


@pytest.mark.parametrize(
    "expr", [1 / X, sympy.log(X), X**-2, sympy.cot(X), sympy.Ei(X), sympy.gamma(X), X**sympy.I / X]
)
def test_what_has_no_value_at_zero_is_undefined(expr: sympy.Expr) -> None:
    with pytest.raises(Undefined):
        compiled(expr)({"x": acb(0)})


def test_a_ball_across_a_branch_cut_holds_both_sides() -> None:
    from flint import arb

    value = compiled(sympy.log(X))({"x": acb(-1, arb(0, 1e-10))})
    assert value.imag.contains(acb.pi().real)
    assert value.imag.contains(-acb.pi().real)


def test_sums_products_and_integrals_between_numbers() -> None:
    k = sympy.Symbol("k")
    assert compiled(sympy.Sum(k**2, (k, 1, X)))({"x": acb(4)}) == 30
    assert compiled(sympy.Product(k, (k, 1, X)))({"x": acb(4)}) == 24
    third = compiled(sympy.Integral(k**2, (k, 0, X)))({"x": acb(1)})
    assert third.contains(rational(R(1, 3)))
    assert third.rad() < 1e-12


def test_an_integral_over_a_jump_or_a_branch_cut_is_not_trusted() -> None:
    k = sympy.Symbol("k")
    jump = compiled(sympy.Integral(sympy.floor(k), (k, 0, 2)))({})
    assert not jump.is_finite() or jump.contains(1)
    cut = compiled(sympy.Integral(sympy.sqrt(k), (k, 1, 4)))({})
    assert cut.contains(rational(R(14, 3)))


def test_conditions_that_balls_do_not_decide_choose_nothing() -> None:
    from flint import arb

    cases = compiled(sympy.Piecewise((1, X > 0), (2, True)))
    assert cases({"x": acb(3)}) == 1
    assert cases({"x": acb(-3)}) == 2
    assert not cases({"x": acb(arb(0, 1))}).is_finite()
