"""What must not vanish for a formula of real symbols to be analytic, part by part, and what happens where it does.

A formula is put together from functions that are analytic but where something vanishes: a divisor, the argument of a
logarithm, of a root, of a sign. Each such guard is read off. Principal branches lie on the real line such that a cut
along it (of the logarithm, of roots, of inverse functions) is no jump there: only its end is a guard (DLMF 4.2, 4.23,
4.37).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

import sympy

from refine.verifiers.symbolic.cover import nonnegative
from refine.verifiers.symbolic.domain import Complex, Domains
from refine.verifiers.symbolic.zeros import certainly_above, nowhere_zero, zeros

Expr = Any


class At(Enum):
    """What the formula may do where a guard vanishes."""

    POLE = "a pole, or a gap that can be closed"
    KINK = "continuous, and perhaps not analytic"
    JUMP = "a jump, or no value"
    UNKNOWN = "nothing is known of this part"


@dataclass(frozen=True, slots=True)
class Guard:
    """An expression that must not vanish; `undefined` where the formula certainly has no value at its zeros."""

    expr: Expr
    at: At
    undefined: bool = False

    def feedback(self) -> str:
        """For the next prompt."""
        if self.at is At.UNKNOWN:
            return f"nothing is known of whether {str(self.expr)[:120]} is continuous"
        return f"the formula may jump, or have a kink or no value, where {str(self.expr)[:120]} is 0"

    def places(self, over: Domains) -> tuple[Fraction, ...]:
        """Its zeros in the domain to thirty digits, as far as they are known: where to look for a jump."""
        found = [sympy.Rational(value.evalf(30)) for value in zeros(self.expr, over) or ()]
        return tuple(Fraction(int(value.p), int(value.q)) for value in found)


def guards(expr: Expr, over: Domains) -> Iterator[Guard]:
    """All that must not vanish, or be as assumed, for the formula to be analytic in its symbols."""
    if not expr.free_symbols:
        return
    if expr.is_Symbol:
        return
    if expr.is_Add or expr.is_Mul:
        for arg in expr.args:
            yield from guards(arg, over)
    elif expr.is_Pow and expr.exp.is_Integer:
        yield from guards(expr.base, over)
        if expr.exp.is_negative:
            yield Guard(expr.base, At.POLE, undefined=True)
    else:
        yield from _of_function(expr, over)


def _of_function(expr: Expr, over: Domains) -> Iterator[Guard]:
    """Under a function, a pole is a jump: an arctangent of 1/x."""
    for arg in expr.args:
        for guard in guards(arg, over):
            at = At.JUMP if guard.at is At.POLE else guard.at
            yield Guard(guard.expr, at, guard.undefined)
    if expr.is_Pow:
        yield from _of_power(expr.base, expr.exp, over)
        return
    rule = _RULES.get(type(expr).__name__)
    yield from [Guard(expr, At.UNKNOWN)] if rule is None else rule(expr.args, over)


def _of_power(base: Expr, exponent: Expr, over: Domains) -> Iterator[Guard]:
    if base.is_positive and not base.free_symbols:
        return
    at = At.KINK if exponent.is_number and exponent.is_positive else At.JUMP
    undefined = bool(exponent.is_number and exponent.is_negative)
    for guard in _cut((base,), over):
        yield Guard(guard.expr, guard.at if guard.at is At.UNKNOWN else at, undefined)


def _cut(args: tuple[Expr, ...], over: Domains) -> Iterator[Guard]:
    """Of a logarithm or root: 0, and for complex arguments the negative numbers."""
    u = args[-1]
    if real(u, over):
        yield Guard(u, At.JUMP, undefined=True)
    elif not _off_the_negative_axis(u, over):
        yield Guard(u, At.UNKNOWN)


def _off_the_negative_axis(u: Expr, over: Domains) -> bool:
    if any(isinstance(domain, Complex) for _, domain in over):
        return False
    re, im = u.as_real_imag()
    return nowhere_zero(im, over) or certainly_above(re, over)


def real(u: Expr, over: Domains) -> bool:
    """Whether the expression is certainly real on the whole domain, where it has a value."""
    if u.is_extended_real:
        return True
    if not all(real(arg, over) for arg in u.args):
        return False
    if u.is_Pow and not u.exp.is_Integer:
        return certainly_above(u.base, over) or nonnegative(u.base, over)
    if isinstance(u, sympy.log):
        return certainly_above(u.args[0], over)
    if isinstance(u, sympy.asin | sympy.acos | sympy.atanh):
        return certainly_above(1 - u.args[0] ** 2, over)
    return bool(u.is_Add or u.is_Mul or u.is_Pow or (u.args and type(u).__name__ in _REAL))


_REAL = {
    *("exp", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch", "atan", "acot"),
    *(
        "asinh",
        "acsch",
        "erf",
        "erfc",
        "erfi",
        "Si",
        "Shi",
        "Ei",
        "fresnels",
        "fresnelc",
        "gamma",
        "Abs",
        "sign",
        "arg",
    ),
    *("re", "im", "floor", "ceiling", "frac", "Max", "Min", "Heaviside", "sinc"),
}

Rule = Callable[[tuple[Expr, ...], Domains], "Iterator[Guard] | list[Guard]"]


def _entire(args: tuple[Expr, ...], over: Domains) -> list[Guard]:
    del args, over
    return []


def _where(at: At, *parts: Callable[..., Expr], undefined: bool = False) -> Rule:
    """Guards of a function that takes real arguments."""

    def rule(args: tuple[Expr, ...], over: Domains) -> list[Guard]:
        if not all(real(arg, over) for arg in args):
            return [Guard(args[0], At.UNKNOWN)]
        return [Guard(part(*args), at, undefined) for part in parts]

    return rule


def _meromorphic(divisor: Callable[[Expr], Expr]) -> Rule:
    return lambda args, _: [Guard(divisor(args[0]), At.POLE, undefined=True)]


def _gamma(args: tuple[Expr, ...], over: Domains) -> list[Guard]:
    if real(args[0], over) and certainly_above(args[0], over):
        return []
    return [Guard(sympy.sin(sympy.pi * args[0]), At.POLE)]


def _positive_only(args: tuple[Expr, ...], over: Domains) -> list[Guard]:
    fine = real(args[-1], over) and certainly_above(args[-1], over) and not any(arg.free_symbols for arg in args[:-1])
    return [] if fine else [Guard(args[-1], At.UNKNOWN)]


def _apart(args: tuple[Expr, ...], over: Domains) -> list[Guard]:
    """The larger, or the smaller, of real numbers: a kink where two of them meet."""
    if not all(real(arg, over) for arg in args):
        return [Guard(args[0], At.UNKNOWN)]
    return [Guard(a - b, At.KINK) for i, a in enumerate(args) for b in args[:i]]


def _identity(u: Expr) -> Expr:
    return u


def _within_one(u: Expr) -> Expr:
    return 1 - u**2


def _turns(u: Expr, per: Expr = sympy.S.One) -> Expr:
    return sympy.sin(sympy.pi * u / per)


_RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("exp", "sin", "cos", "sinh", "cosh", "sinc", "erf", "erfc", "erfi", "Si", "Shi"), _entire),
    **dict.fromkeys(("fresnels", "fresnelc", "airyai", "airybi", "airyaiprime", "airybiprime"), _entire),
    **dict.fromkeys(("atan", "asinh", "tanh", "sech"), _where(At.KINK)),
    **dict.fromkeys(("re", "im", "conjugate"), _entire),
    **dict.fromkeys(("tan", "sec"), _meromorphic(sympy.cos)),
    **dict.fromkeys(("cot", "csc"), _meromorphic(sympy.sin)),
    **dict.fromkeys(("coth", "csch"), _meromorphic(sympy.sinh)),
    "log": _cut,
    "arg": lambda args, over: [Guard(guard.expr, guard.at) for guard in _cut(args, over)],
    **dict.fromkeys(("asin", "acos", "acosh"), _where(At.KINK, _within_one)),
    **dict.fromkeys(("atanh",), _where(At.JUMP, _within_one, undefined=True)),
    **dict.fromkeys(("acoth",), _where(At.JUMP, _within_one, _identity)),
    **dict.fromkeys(("asec", "acsc", "asech"), _where(At.JUMP, _identity, _within_one)),
    **dict.fromkeys(("acot", "acsch"), _where(At.JUMP, _identity)),
    **dict.fromkeys(("Ei", "Ci", "Chi"), _where(At.JUMP, _identity, undefined=True)),
    "li": _where(At.JUMP, _identity, lambda u: u - 1),
    **dict.fromkeys(("sign", "Heaviside", "DiracDelta"), _where(At.JUMP, lambda u, *_: u)),
    **dict.fromkeys(("floor", "ceiling", "frac", "Mod"), _where(At.JUMP, _turns)),
    "KroneckerDelta": _where(At.JUMP, lambda a, b: a - b),
    "Abs": _where(At.KINK, _identity),
    **dict.fromkeys(("Max", "Min"), _apart),
    "gamma": _gamma,
    **dict.fromkeys(("loggamma", "digamma", "polygamma", "LambertW", "uppergamma", "lowergamma"), _positive_only),
    **dict.fromkeys(("expint", "besselj", "bessely", "besseli", "besselk"), _positive_only),
}
