"""Claims of calculus: antiderivatives, closed forms of sums, products, integrals and limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import sympy

from refine.errors import require
from refine.verifiers.answers import OWN, Answer, Proved, Refuted, Undecided, worded
from refine.verifiers.symbolic.analytic import smooth
from refine.verifiers.symbolic.continuity import continuous
from refine.verifiers.symbolic.deadline import OutOfTime, cpu_limit
from refine.verifiers.symbolic.domain import Domains, Integer, Point, points, symbols
from refine.verifiers.symbolic.jumps import jump
from refine.verifiers.symbolic.numeric import PRECISIONS, look
from refine.verifiers.symbolic.prove import doubted, equal

Expr = Any
UNEVALUATED = (sympy.Integral, sympy.Sum, sympy.Product, sympy.Limit, sympy.Derivative, sympy.Subs, sympy.Piecewise)
_OPERATIONS = 400  # a closed form longer than this is no closed form
_DOIT_S = 2.0  # CPU seconds for SymPy's own evaluation
_SMOOTH_S = 2.0  # CPU seconds to show that a formula is continuous
_CONFIRMING = 3  # points at which a value of SymPy's is looked at numerically
_DIGITS = 1e-10
_FAR = 1e-3  # in between, quadrature may have been poor
_TRUTH_FIRST = ("the value is", "and your formula is")
_STEPS = (2, 4, 8, 16)  # powers of ten on the way to a limit


def require_closed(expr: Expr) -> None:
    """Raises `Wrong` for what is no closed form: unevaluated, by cases, or longer than 400 operations."""
    found = sorted({type(part).__name__ for part in sympy.preorder_traversal(expr) if isinstance(part, UNEVALUATED)})
    require(not found, f"{', '.join(found)} is no closed form: write the value itself")
    count = int(sympy.count_ops(expr))
    require(count <= _OPERATIONS, f"{count} operations: a closed form has at most {_OPERATIONS}")


def antiderivative_of(integrand: Expr, given: Expr, over: Domains, variable: str, bits: int | None) -> Answer:
    """Whether the derivative of `given` by `variable` is the integrand, and `given` is continuous where that is."""
    require_closed(given)
    derivative = sympy.diff(given, named(variable, over, given, integrand))
    if derivative.has(sympy.Derivative, sympy.Subs):
        return Undecided((f"SymPy does not know the derivative of {str(given)[:80]}",))
    same = worded(equal(derivative, integrand, over, numeric_evidence=bits), "its derivative is", OWN[1])
    answer = through("the derivative of the answer: ", same)
    return _unbroken(answer, given, integrand, over) if isinstance(answer, Proved) else answer


def _unbroken(answer: Proved, given: Expr, integrand: Expr, over: Domains) -> Answer:
    """A function that jumps is no antiderivative of one that is defined there, whatever its derivative elsewhere."""
    over = remaining(over, given, integrand)
    try:
        with cpu_limit(_SMOOTH_S):
            broken = continuous(given, over, integrand)
            near = () if broken is None else broken.places(over)
    except OutOfTime:
        return Undecided((f"{answer.how}, but whether it is continuous: no answer within {_SMOOTH_S:g} s",))
    if broken is None:
        return Proved(f"{answer.how}; continuous wherever the integrand is defined")
    return jump(given, integrand, over, near) or Undecided((f"{answer.how}, but {broken.feedback()}",))


def remaining(over: Domains, *exprs: Expr) -> Domains:
    """The domains of the symbols that are left."""
    free = {symbol.name for expr in exprs for symbol in expr.free_symbols}
    return tuple((name, domain) for name, domain in over if name in free)


def named(name: str, over: Domains, *exprs: Expr) -> Any:  # noqa: ANN401
    """The symbol of that name in one of the expressions, or with the domain's assumptions."""
    for expr in exprs:
        for symbol in expr.free_symbols:
            if symbol.name == name:
                return symbol
    declared = symbols(over)
    if name not in declared:
        raise ValueError(f"the variable {name!r} has no domain: give {name}=Real() or another")
    return declared[name]


def through(where: str, answer: Answer) -> Answer:
    if isinstance(answer, Proved):
        return Proved(where + answer.how)
    if isinstance(answer, Refuted):
        return replace(answer, how=where + answer.how)
    return Undecided(tuple(where + step for step in answer.tried))


def every(answers: Mapping[str, Answer]) -> Answer:
    """All claims at once: the first refuted one, else the first undecided one, else proved."""
    for kind in (Refuted, Undecided):
        for name, answer in answers.items():
            if isinstance(answer, kind):
                return through(f"{name}: ", answer)
    return Proved("; ".join(f"{name}: {answer.how}" for name, answer in answers.items() if isinstance(answer, Proved)))


# ---- closed forms ----------------------------------------------------------------------------------------------------


def closed_form_of(target: Expr, given: Expr, over: Domains, bits: int | None) -> Answer:
    """Whether `given` is the value of a Sum, Product, Integral or Limit.

    By induction over the upper bound (telescoping) where it is a symbol, by the derivative for an integral up to a
    symbol, else by SymPy's own evaluation of the target.
    """
    require_closed(given)
    refuted = look(target, given, over).refuted
    if refuted is not None:
        return worded(refuted, *_TRUTH_FIRST)
    for way in _WAYS:
        found = way(target, given, over, bits)
        if found is not None and not isinstance(found, Undecided):
            return found
    return _by_evaluation(target, given, over, bits)


def _telescoped(target: Expr, given: Expr, over: Domains, bits: int | None) -> Answer | None:
    """F(n) = F(n-1) + t(n) for a sum, F(n) = F(n-1)*t(n) for a product, and the first value: induction over n.

    Only where the terms themselves do not depend on n.
    """
    if not isinstance(target, sympy.Sum | sympy.Product) or len(target.limits) != 1 or len(target.limits[0]) != 3:
        return None
    index, low, high = target.limits[0]
    found = _upper(high, low, over)
    if found is None or target.function.has(found[0]) or doubted(look(target, given, over), over) is not None:
        return None
    last, start = found
    rest, beyond = _beyond(over, last, int(start))
    n = symbols(beyond)[last.name]
    before, term = given.subs(last, n - 1), target.function.subs(index, high.subs(last, n))
    joined = before + term if isinstance(target, sympy.Sum) else before * term
    begin = target.subs(last, start).doit()
    return every(
        {
            f"at {last} = {start}": worded(equal(given.subs(last, start), begin, rest, numeric_evidence=bits), *OWN),
            "induction": worded(equal(given.subs(last, n), joined, beyond, numeric_evidence=bits), *OWN),
        }
    )


def _beyond(over: Domains, last: Any, start: int) -> tuple[Domains, Domains]:  # noqa: ANN401 - a SymPy symbol
    """The domains without that of `last`, and those in which it begins after `start`."""
    domain = dict(over)[last.name]
    assert isinstance(domain, Integer)
    rest = tuple((name, other) for name, other in over if name != last.name)
    return rest, tuple(sorted((*rest, (last.name, Integer(start + 1, domain.high))), key=lambda item: item[0]))


def _upper(high: Expr, low: Expr, over: Domains) -> tuple[Any, Any] | None:
    """The symbol n of an upper bound n + k, and the first value of n in its domain, from where induction goes."""
    free = [s for s in high.free_symbols if isinstance(dict(over).get(s.name), Integer)]
    if len(free) != 1 or not (high - free[0]).is_Integer or not low.is_Integer:
        return None
    domain = dict(over)[free[0].name]
    if not isinstance(domain, Integer) or domain.low is None:
        return None
    start = sympy.Integer(domain.low)
    return (free[0], start) if start + (high - free[0]) >= low - 1 else None


def _differentiated(target: Expr, given: Expr, over: Domains, bits: int | None) -> Answer | None:
    """An integral up to a real symbol: the derivatives agree, and both sides are 0 where the bounds meet."""
    if not isinstance(target, sympy.Integral) or len(target.limits) != 1 or len(target.limits[0]) != 3:
        return None
    variable, low, high = target.limits[0]
    if not high.is_Symbol or low.has(high) or target.function.has(high) or not low.is_finite:
        return None
    if not smooth(given, over) or not smooth(target.function.subs(variable, high), over):
        return None
    rest = tuple((name, domain) for name, domain in over if name != high.name)
    return every(
        {
            "the derivative": equal(sympy.diff(given, high), target.function.subs(variable, high), over),
            f"at {high} = {low}": equal(given.subs(high, low), sympy.S.Zero, rest, numeric_evidence=bits),
        }
    )


_WAYS: tuple[Callable[[Expr, Expr, Domains, int | None], Answer | None], ...] = (_telescoped, _differentiated)


def _by_evaluation(target: Expr, given: Expr, over: Domains, bits: int | None) -> Answer:
    try:
        with cpu_limit(_DOIT_S):
            value = target.doit()
    except OutOfTime:
        return Undecided((f"SymPy's evaluation: no answer within {_DOIT_S:g} s",))
    except Exception as error:  # noqa: BLE001 - SymPy's own errors are of every kind, and none of them decides
        return Undecided((f"SymPy's evaluation: {type(error).__name__}",))
    if isinstance(value, sympy.Piecewise) and value.args[0][1] == sympy.true:
        value = value.args[0][0]
    if value.has(*UNEVALUATED) or value.has(sympy.AccumBounds):
        return Undecided(("SymPy's evaluation finds no closed form to compare with",))
    answer = through("SymPy's value of the target: ", equal(value, given, over, numeric_evidence=bits))
    if isinstance(answer, Proved):
        return _confirmed(answer, target, given, over)
    return _checked(answer, target, given, over)


def _confirmed(answer: Proved, target: Expr, given: Expr, over: Domains) -> Answer:
    """SymPy's values of integrals, infinite sums and limits are not free of mistakes: one counts as proved only where
    quadrature, summation or the approach to the limit, which know nothing of it, agree at some point and at none not.
    """
    at = points(over)[:_CONFIRMING] if over else (Point((), generic=True),)
    seen = [_agree(target, given, point) for point in at]
    if any(one is False for one in seen):
        return Undecided((f"{answer.how}, but numerical evaluation of the target gives another value",))
    if not any(seen):
        return Undecided((f"{answer.how}, and nothing independent of SymPy confirms it",))
    return Proved(f"{answer.how}; numerical evaluation of the target agrees")


def _agree(target: Expr, given: Expr, point: Point) -> bool | None:
    """Whether the target's numerical value and the answer's are the same to ten digits; None where there is none."""
    try:
        with cpu_limit(_DOIT_S):
            values = {
                name: sympy.Rational(*real.as_integer_ratio()) + sympy.I * sympy.Rational(*imaginary.as_integer_ratio())
                for name, (real, imaginary) in point.values
            }
            put = {symbol: values[symbol.name] for symbol in target.free_symbols | given.free_symbols}
            there, here = target.subs(put), given.subs(put).evalf(30)
            if isinstance(there, sympy.Limit):
                return _approached(there, here)
            value = there.evalf(20)
            gap = abs(value - here) / (1 + abs(here))
            return True if gap < _DIGITS else False if gap > _FAR else None
    except (OutOfTime, ValueError, TypeError, ArithmeticError, NotImplementedError, KeyError, OSError):
        return None


def _approached(limit: Any, here: Expr) -> bool:  # noqa: ANN401 - a SymPy Limit
    """Whether the function comes nearer to the value step by step, or is there, from every side that is meant."""
    function, variable, end, side = limit.args
    if end.is_infinite:
        ways = [[sympy.Integer(10) ** k * (1 if end.is_positive else -1) for k in _STEPS]]
    else:
        signs = {"+": (1,), "-": (-1,)}.get(str(side), (1, -1))
        ways = [[end + sign * sympy.Rational(1, 10**k) for k in _STEPS] for sign in signs]
    return all(_nearing([function.evalf(40, subs={variable: step}) for step in steps], here) for steps in ways)


def _nearing(values: list[Expr], here: Expr) -> bool:
    if here.is_infinite:
        growing = all(abs(a) < abs(b) for a, b in pairwise(values))
        return growing and all((value * here).is_positive for value in values)
    gaps = [abs(value - here) for value in values]
    return bool(gaps[-1] < _DIGITS) or all(a > b for a, b in pairwise(gaps))


def _checked(answer: Answer, target: Expr, given: Expr, over: Domains) -> Answer:
    """SymPy's values of integrals and limits are not free of mistakes, so that a difference from them alone does not
    refute, and agreement with them is believed unless balls of the target itself say otherwise.
    """
    if isinstance(answer, Refuted):
        seen = look(target, given, over, at=points(over)[:4], precisions=PRECISIONS[:2])
        if seen.refuted is not None:
            return worded(seen.refuted, *_TRUTH_FIRST)
        return Undecided((f"{answer.feedback()}; not confirmed on the target itself",))
    return answer
