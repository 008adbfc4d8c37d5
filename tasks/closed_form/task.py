"""Closed forms of six sums, proved or refuted in a field of rational functions. The candidate's text is never run.

A closed form F of the sum of t(1) + ... + t(n) is one with F(0) = 0 and F(n) - F(n - 1) = t(n) for all n >= 1. Both
sides are rational functions of n and of 2^n, 3^n, 5^n, 7^n, for even n and for odd n apart (there (-1)^n is 1 and -1).
Such functions of n agree everywhere if and only if they are equal as rational functions, because n, 2^n, 3^n, 5^n and
7^n are algebraically independent; SymPy's field arithmetic decides that. So an identity that is not proved is false.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import refine
from refine.verifiers.exact import expressions

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

SUMS = {
    "cubes": ("n**3", "1 + 8 + 27 + ... + n^3"),
    "fourth powers": ("n**4", "1 + 16 + 81 + ... + n^4"),
    "odd squares": ("(2*n - 1)**2", "1 + 9 + 25 + ... + (2n - 1)^2"),
    "alternating squares": ("(-1)**n * n**2", "-1 + 4 - 9 + ... + (-1)^n n^2"),
    "powers of two": ("n * 2**n", "1*2 + 2*4 + 3*8 + ... + n 2^n"),
    "telescope": ("1/(n*(n + 1))", "1/(1*2) + 1/(2*3) + ... + 1/(n (n + 1))"),
}
PRIMES = (2, 3, 5, 7)
WEIGHT = 60
"""Largest weight of one formula, which bounds its degree and its digits before anything is computed."""
SAMPLES = 12
"""Partial credit looks at n = 1 ... 12, counterexamples are looked for in n = 0 ... 24."""

_LIST = "\n".join(f"{i}. {shown}" for i, (_, shown) in enumerate(SUMS.values(), 1))
task = refine.Task(
    instruction=f"""
Find closed forms in n of these six sums:

{_LIST}

Answer with one Python expression: a tuple of six formulas in n, in this order. Allowed are n, integers, + - * / **
and brackets; `/` is exact, `**` takes an integer exponent, or a constant base such as 2 or -1 with an exponent such as
n or n + 1. Not allowed: calls, loops, conditions, tables, decimals, `//`. No division by zero for any n >= 0.
A formula F is proved symbolically: F(0) = 0, and F(n) - F(n - 1) equals the n-th term for every n >= 1.
The score is the number of sums proved, plus, for a sum that is not, less than one half for being close on
n = 1 ... {SAMPLES}.
""",
    seed="(n, n, n, n, n, n)",
    metric="sums proved",
    language="expression",
    target=float(len(SUMS)),
    judge_seconds=30,
    references=[refine.Reference(name="all proved", value=len(SUMS), source="the number of sums")],
    baselines={
        "SymPy summation, no model": (
            "(n**4/4 + n**3/2 + n**2/4, n**5/5 + n**4/2 + n**3/3 - n/30, 4*n**3/3 - n/3, "
            "(-1)**n*(n**2 + n)/2, 2**(n + 1)*(n - 1) + 2, 1 - 1/(n + 1))"
        )
    },
    grammar=refine.Grammar(
        terminals=(
            *("n", "1", "2", "3", "4", "6", "30"),
            *("n + 1", "2*n + 1", "2*n - 1", "n - 1", "n**2", "2**n", "(-1)**n"),
        )
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    formulas = expressions(candidate.text, {"n"})
    refine.require(len(formulas) == len(SUMS), f"{len(formulas)} formula(s), expected a tuple of {len(SUMS)}")
    found = {name: judged(name, formula) for name, formula in zip(SUMS, formulas, strict=True)}
    credit = {name: part for name, (part, _) in found.items()}
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sum(credit.values()),
        metrics={"proved": float(sum(part == 1 for part in credit.values()))},
        features={"size": float(len(candidate.text))},
        instances=credit,
        feedback="\n".join(f"{name}: {why}" for name, (_, why) in found.items()),
    )


def judged(name: str, formula: ast.expr) -> tuple[float, str]:
    """As `judge`, with the name of the sum in what is refused."""
    try:
        refine.require(weight(formula) <= WEIGHT, f"too large: degree and digits together exceed {WEIGHT}")
        return judge(formula, term(name))
    except refine.Wrong as refused:
        raise refine.Wrong(f"{name}: {refused}") from None


def term(name: str) -> ast.expr:
    return expressions(SUMS[name][0], {"n"})[0]


def judge(formula: ast.expr, term: ast.expr) -> tuple[float, str]:
    """Credit (1 only if proved, else less than 1/2) and what to say about it."""
    total, close = Fraction(), 0.0
    wrong = ""
    for n in range(2 * SAMPLES + 1):
        total += exactly(term, n) if n else 0
        try:
            got = exactly(formula, n)
        except ZeroDivisionError:
            return 0.0, f"divides by zero at n = {n}"
        if got != total and not wrong:
            wrong = f"wrong at n = {n}: the sum is {brief(total)}, the formula gives {brief(got)}"
        if 1 <= n <= SAMPLES:
            close += nearness(got, total) / SAMPLES
    why = wrong or unproved(formula, term)
    return (1.0, "proved") if not why else (0.49 * close, why)


def unproved(formula: ast.expr, term: ast.expr) -> str:
    """Why F(n) - F(n - 1) = t(n) does not hold for all n >= 1, or "" if that is proved."""
    for parity in (1, -1):
        try:
            here, before = value(formula, symbolic(parity, checked=True)), value(formula, symbolic(-parity, shift=1))
        except ZeroDivisionError as error:
            return str(error) or "divides by zero"
        if here - before != value(term, symbolic(parity)):
            return "agrees for small n, but F(n) - F(n - 1) is not the n-th term for all n"
    return ""


def nearness(got: Fraction, want: Fraction) -> float:
    """1 where equal, falling to 0 with the relative error; `want` is not 0."""
    return float(1 / (1 + abs((got - want) / want)))


def brief(number: Fraction) -> str:
    return str(number) if number.numerator.bit_length() + number.denominator.bit_length() < 100 else "a huge number"


@dataclass(frozen=True)
class Point:
    """Where a formula is evaluated: n, p^n for p = -1, 2, 3, 5, 7, one, and how to divide there.

    The values are all `Fraction`s (a number n) or all elements of one SymPy field (n itself).
    """

    n: Any
    power: Mapping[int, Any]
    one: Any
    divide: Callable[[Any, Any], Any] = operator.truediv


def exactly(formula: ast.expr, n: int) -> Fraction:
    """The value at one n; raises ZeroDivisionError."""
    return Fraction(value(formula, Point(Fraction(n), {p: Fraction(p) ** n for p in (-1, *PRIMES)}, Fraction(1))))


def symbolic(parity: int, *, shift: int = 0, checked: bool = False) -> Point:
    """The symbolic point n - `shift`, where (-1)^(n - shift) is `parity`; `checked` divisions must never meet 0."""
    from sympy.polys.domains import QQ  # noqa: PLC0415 - SymPy loads only when something is proved
    from sympy.polys.fields import field  # noqa: PLC0415

    k, n, *powers = field(["n", *(f"x{p}" for p in PRIMES)], QQ)
    at = {p: x / p**shift for p, x in zip(PRIMES, powers, strict=True)}
    return Point(n - shift, {-1: k.one * parity, **at}, k.one, _never_zero(parity) if checked else operator.truediv)


def _never_zero(parity: int) -> Callable[[Any, Any], Any]:
    def divide(a: Any, b: Any) -> Any:  # noqa: ANN401 - elements of a SymPy field, which has no types
        for root in roots(b):
            if root % 2 == (parity == -1):
                raise ZeroDivisionError(f"divides by zero at n = {root}")
        return a / b

    return divide


def roots(divisor: Any) -> list[int]:  # noqa: ANN401 - an element of a SymPy field
    """The integers n >= 0 where a divisor vanishes; decided for polynomials in n times powers such as 2^n.

    Raises:
        Wrong: 2^n and its like stand in a sum under a fraction bar.
    """
    from sympy import Poly, Symbol  # noqa: PLC0415 - SymPy loads only when something is proved

    terms = divisor.numer.terms()
    mixed = len({powers[1:] for powers, _ in terms}) > 1
    refine.require(not mixed, "a divisor with 2**n or the like in a sum is not allowed: no proof that it is never 0")
    if not terms:
        raise ZeroDivisionError
    polynomial = Poly.from_dict({powers[:1]: c for powers, c in terms}, Symbol("n"), domain="QQ")
    return [int(root) for root in polynomial.ground_roots() if root.is_integer and root >= 0]


_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def value(node: ast.AST, at: Point) -> Any:  # noqa: ANN401 - a Fraction or an element of a SymPy field, as `at` is
    """The value of a formula at a point. The tree has passed `expressions` and `weight`."""
    match node:
        case ast.Constant(value=literal):
            return at.one * literal
        case ast.Name():
            return at.n
        case ast.UnaryOp(op=sign, operand=operand):
            return -value(operand, at) if isinstance(sign, ast.USub) else value(operand, at)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return power(left, right, at)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return at.divide(value(left, at), value(right, at))
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](value(left, at), value(right, at))
    raise refine.Wrong(f"{type(node).__name__} is not allowed")


def power(base: ast.expr, exponent: ast.expr, at: Point) -> Any:  # noqa: ANN401 - as `value`
    """`base` ** (slope n + fixed): with slope 0 any base, else a constant one, by the powers of its primes."""
    slope, fixed = line(exponent)
    if slope == 0:
        whole = value(base, at) ** abs(fixed)
        return whole if fixed >= 0 else at.divide(at.one, whole)
    result = at.one
    for prime, times in factors(base).items():
        grown = at.power[prime] ** abs(slope) if slope >= 0 else at.one / at.power[prime] ** -slope
        shifted = grown * (at.one * prime) ** fixed if fixed >= 0 else grown / (at.one * prime) ** -fixed
        result = result * shifted**times if times >= 0 else result / shifted**-times
    return result


def line(node: ast.expr) -> tuple[int, int]:
    """The integers a, b of an exponent a n + b. Raises `Wrong` for any other exponent."""
    slope, fixed = affine(node)
    refine.require(slope.denominator == fixed.denominator == 1, "an exponent must be an integer, or like n, n + 1, 2*n")
    refine.require(abs(slope) <= 4 and abs(fixed) <= 20, "an exponent is too large")
    return int(slope), int(fixed)


def affine(node: ast.AST) -> tuple[Fraction, Fraction]:
    """The numbers a, b of a formula a n + b, by its shape (never by samples). Raises `Wrong` for any other formula."""
    match node:
        case ast.Constant(value=int(literal)):
            return Fraction(), Fraction(literal)
        case ast.Name():
            return Fraction(1), Fraction()
        case ast.UnaryOp(op=sign, operand=operand):
            slope, fixed = affine(operand)
            return (-slope, -fixed) if isinstance(sign, ast.USub) else (slope, fixed)
        case ast.BinOp(left=left, op=op, right=right):
            return _affine(op, affine(left), affine(right))
    raise refine.Wrong(_NOT_AFFINE)


_NOT_AFFINE = "an exponent must be an integer, or like n, n + 1, 2*n; over an exponent with n, the base a constant"


def _affine(
    op: ast.operator, left: tuple[Fraction, Fraction], right: tuple[Fraction, Fraction]
) -> tuple[Fraction, Fraction]:
    (a, b), (c, d) = left, right
    if isinstance(op, ast.Add | ast.Sub):
        sign = 1 if isinstance(op, ast.Add) else -1
        return a + sign * c, b + sign * d
    refine.require(isinstance(op, ast.Mult) or (isinstance(op, ast.Div) and d != 0), _NOT_AFFINE)
    refine.require(c == 0 or (a == 0 and isinstance(op, ast.Mult)), _NOT_AFFINE)
    return (a * d + b * c, b * d) if isinstance(op, ast.Mult) else (a / d, b / d)


def factors(base: ast.expr) -> dict[int, int]:
    """The exponents of -1, 2, 3, 5, 7 in a constant base such as 2, -1, 6 or 1/2. Raises `Wrong` for any other."""
    slope, number = affine(base)
    refine.require(slope == 0, "where n is in the exponent, the base must be a constant")
    refine.require(number != 0, "0**n is not allowed")
    found = {p: _times(number.numerator, p) - _times(number.denominator, p) for p in PRIMES} | {-1: int(number < 0)}
    product = prod(Fraction(p) ** times for p, times in found.items())
    refine.require(product == number, "a base under an exponent with n may have no prime factors but 2, 3, 5, 7")
    return found


def _times(number: int, prime: int) -> int:
    times = 0
    while number % prime == 0:
        number, times = number // prime, times + 1
    return times


def weight(node: ast.AST) -> int:
    """A bound of degree and decimal digits together: leaves count their digits, `**` multiplies."""
    match node:
        case ast.Constant(value=literal):
            return len(str(literal))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            slope, fixed = line(right)
            return max(1, abs(fixed) + len(PRIMES) * abs(slope)) * weight(left)
        case ast.BinOp(left=left, right=right):
            return weight(left) + weight(right)
        case ast.UnaryOp(operand=operand):
            return weight(operand)
    return 1
