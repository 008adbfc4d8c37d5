"""Special functions in ball arithmetic, as SymPy means them; see `balls` for what a result promises."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flint import acb, arb, fmpz

from refine.verifiers.symbolic.balls import NAN, ONE, UNIT_I, Ball, Undefined, exact_integer, is_zero

_LARGEST = 10_000  # the largest index that is computed exactly


def _pole_at_nonpositive(function: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    def guarded(z: Ball) -> Ball:
        whole = exact_integer(z)
        if whole is not None and whole <= 0:
            raise Undefined
        return function(z)

    return guarded


gamma = _pole_at_nonpositive(lambda z: z.gamma())
_digamma = _pole_at_nonpositive(lambda z: z.digamma())


def binomial(n: Ball, k: Ball) -> Ball:
    """SymPy's: a product for integers k from 0, 0 for negative ones (not evaluated beside negative integers n, where
    conventions differ), else a quotient of gamma functions.
    """
    whole, top = exact_integer(k), exact_integer(n)
    negative = top is not None and top < 0
    if whole is None:
        return NAN if negative else (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma()
    if whole < 0:
        return NAN if negative else acb(0)
    if top is not None and whole <= _LARGEST and abs(top) <= _LARGEST:
        return acb(arb(_choose(top, whole)))
    return (n - k + 1).rising(k) * (k + 1).rgamma()


def _choose(n: int, k: int) -> fmpz:
    return fmpz(math.comb(n, k) if n >= 0 else (-1) ** k * math.comb(k - n - 1, k))


def _falling(x: Ball, k: Ball) -> Ball:
    return (x - k + 1).rising(k)


def _indexed(function: Callable[[int], Any], low: int = 0) -> Callable[[Ball], Ball]:
    """A sequence, at exact integers only."""

    def at(n: Ball) -> Ball:
        whole = exact_integer(n)
        if whole is None or not low <= whole <= _LARGEST:
            return NAN
        return acb(arb(function(whole)))

    return at


def _double_factorial(n: int) -> fmpz:
    return fmpz(math.prod(range(n, 0, -2)))


def _fibonacci(n: int) -> Any:  # noqa: ANN401 - a flint integer
    return fmpz.fib_ui(n)  # type: ignore[arg-type]  # the stub asks for an fmpz


def _lucas(n: int) -> Any:  # noqa: ANN401 - a flint integer
    return 2 * _fibonacci(n + 1) - _fibonacci(n)


def _harmonic(n: Ball, order: Ball = ONE) -> Ball:
    if exact_integer(order) == 1:
        return _digamma(n + 1) + arb.const_euler()
    whole, power = exact_integer(n), exact_integer(order)
    if whole is None or power is None or not 0 <= whole <= _LARGEST:
        return NAN
    return sum((acb(k) ** -power for k in range(1, whole + 1)), acb(0))


def _polygamma(n: Ball, z: Ball) -> Ball:
    return _digamma(z) if is_zero(n) else _pole_at_nonpositive(lambda w: w.polygamma(n))(z)


def _zeta(s: Ball, a: Ball | None = None) -> Ball:
    if exact_integer(s) == 1:
        raise Undefined
    return s.zeta() if a is None else s.zeta(a)


def _half_order(kind: Callable[[Ball, Ball], Ball], n: Ball, z: Ball) -> Ball:
    if is_zero(z):
        return NAN
    return (acb.pi() / (2 * z)).sqrt() * kind(n + ONE / 2, z)


def _bessel_j(n: Ball, z: Ball) -> Ball:
    return z.bessel_j(n)


def _bessel_y(n: Ball, z: Ball) -> Ball:
    return z.bessel_y(n)


def _whole_order(method: str) -> Callable[..., Ball]:
    """Orthogonal polynomials, at integer degrees from 0 only, where every definition agrees."""

    def at(n: Ball, *rest: Ball) -> Ball:
        whole = exact_integer(n)
        *parameters, x = rest
        if whole is None or not 0 <= whole <= _LARGEST:
            return NAN
        return getattr(x, method)(n, *parameters)

    return at


def _elliptic_e(*balls: Ball) -> Ball:
    return balls[0].elliptic_e() if len(balls) == 1 else acb.elliptic_e_inc(balls[0], balls[1])


def _elliptic_pi(*balls: Ball) -> Ball:
    return acb.elliptic_pi(*balls) if len(balls) == 2 else acb.elliptic_pi_inc(*balls)


def _lambert(x: Ball, branch: Ball | None = None) -> Ball:
    whole = 0 if branch is None else exact_integer(branch)
    if whole is None:
        return NAN
    if is_zero(x):
        return acb(0) if whole == 0 else NAN
    return x.lambertw(whole)


def _exponential_integral(z: Ball) -> Ball:
    if is_zero(z):
        raise Undefined
    return z.ei()


def _euler(n: int) -> Any:  # noqa: ANN401 - a flint integer
    return fmpz.euler_number(n)


MEROMORPHIC: dict[str, Callable[..., Ball]] = {
    "gamma": gamma,
    "factorial": lambda z: gamma(z + 1),
    "digamma": _digamma,
    "polygamma": _polygamma,
    "erf": lambda z: z.erf(),
    "erfc": lambda z: z.erfc(),
    "erfi": lambda z: z.erfi(),
    "Si": lambda z: z.si(),
    "Shi": lambda z: z.shi(),
    "fresnels": lambda z: z.fresnel_s(),
    "fresnelc": lambda z: z.fresnel_c(),
    "airyai": lambda z: z.airy_ai(),
    "airybi": lambda z: z.airy_bi(),
    "airyaiprime": lambda z: z.airy_ai(derivative=1),
    "airybiprime": lambda z: z.airy_bi(derivative=1),
    "hermite": _whole_order("hermite_h"),
    "laguerre": _whole_order("laguerre_l"),
    "legendre": _whole_order("legendre_p"),
    "chebyshevt": _whole_order("chebyshev_t"),
    "chebyshevu": _whole_order("chebyshev_u"),
}

CUT: dict[str, Callable[..., Ball]] = {
    "loggamma": _pole_at_nonpositive(lambda z: z.lgamma()),
    "beta": lambda a, b: gamma(a) * gamma(b) * (a + b).rgamma(),
    "binomial": binomial,
    "RisingFactorial": lambda x, k: x.rising(k),
    "FallingFactorial": _falling,
    "factorial2": _indexed(_double_factorial, low=-1),
    "subfactorial": _indexed(lambda n: sum((-1) ** k * math.perm(n, n - k) for k in range(n + 1))),
    "fibonacci": _indexed(_fibonacci),
    "lucas": _indexed(_lucas),
    "catalan": _indexed(lambda n: fmpz(math.comb(2 * n, n) // (n + 1))),
    "bell": _indexed(arb.bell_number),
    "euler": _indexed(_euler),
    "harmonic": _harmonic,
    "Ei": _exponential_integral,
    "E1": lambda z: z.expint(1),
    "expint": lambda n, z: z.expint(n),
    "li": lambda z: z.li(),
    "Li": lambda z: z.li(offset=True),
    "Ci": lambda z: z.ci(),
    "Chi": lambda z: z.chi(),
    "zeta": _zeta,
    "dirichlet_eta": lambda s: s.dirichlet_eta(),
    "polylog": lambda s, z: z.polylog(s),
    "lerchphi": acb.lerch_phi,
    "LambertW": _lambert,
    "uppergamma": lambda s, z: z.gamma_upper(s),
    "lowergamma": lambda s, z: z.gamma_lower(s),
    "besselj": _bessel_j,
    "bessely": _bessel_y,
    "besseli": lambda n, z: z.bessel_i(n),
    "besselk": lambda n, z: z.bessel_k(n),
    "jn": lambda n, z: _half_order(_bessel_j, n, z),
    "yn": lambda n, z: _half_order(_bessel_y, n, z),
    "hankel1": lambda n, z: z.bessel_j(n) + UNIT_I * z.bessel_y(n),
    "hankel2": lambda n, z: z.bessel_j(n) - UNIT_I * z.bessel_y(n),
    "elliptic_k": lambda m: m.elliptic_k(),
    "elliptic_e": _elliptic_e,
    "elliptic_f": acb.elliptic_f,
    "elliptic_pi": _elliptic_pi,
    "assoc_laguerre": _whole_order("laguerre_l"),
    "gegenbauer": _whole_order("gegenbauer_c"),
    "jacobi": _whole_order("jacobi_p"),
}
