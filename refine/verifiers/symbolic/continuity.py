"""Where a formula of real symbols is certainly continuous, or analytic: where none of its guards vanishes."""

from __future__ import annotations

from typing import Any

import sympy

from refine.verifiers.symbolic.analytic import interior
from refine.verifiers.symbolic.domain import Domains
from refine.verifiers.symbolic.guards import At, Guard, guards
from refine.verifiers.symbolic.radicals import zero
from refine.verifiers.symbolic.zeros import nowhere_zero, zeros

Expr = Any


def continuous(expr: Expr, over: Domains, beside: Expr = sympy.S.Zero) -> Guard | None:
    """The first guard that may break continuity somewhere on the domain where `beside` is defined; None if there is
    none. `beside` is the derivative, so that the formula is bounded near every point at which `beside` is defined:
    there a pole is none, but a gap with a limit, as long as nothing else than division is in play.
    """
    found = tuple(guards(expr, over))
    gaps = [guard.expr for guard in guards(beside, over) if guard.undefined]
    rational = all(nowhere_zero(guard.expr, over) for guard in found if guard.at is At.KINK)
    for guard in found:
        harmless = guard.at is At.KINK or (guard.at is At.POLE and rational)
        if not harmless and (guard.at is At.UNKNOWN or not _only_at(gaps, guard.expr, over)):
            return guard
    return None


def analytic(expr: Expr, over: Domains) -> tuple[Guard | None, bool]:
    """The first guard that may break analyticity inside of the domain, or continuity at its ends, poles apart, or None;
    and whether there may be poles.
    """
    inside = tuple((name, interior(domain)) for name, domain in over)
    poles = False
    for guard in guards(expr, inside):
        to_the_end = guard.at is At.JUMP and not guard.undefined
        if guard.at is At.UNKNOWN or not nowhere_zero(guard.expr, over if to_the_end else inside):
            if guard.at is not At.POLE:
                return guard, poles
            poles = True
    return None, poles


def _only_at(gaps: list[Expr], expr: Expr, over: Domains) -> bool:
    """Whether the expression vanishes on the domain, if at all, only where one of the gaps is too."""
    if any(expr in (gap, -gap) for gap in gaps) or nowhere_zero(expr, over):
        return True
    found = zeros(expr, over)
    return found is not None and all(any(_vanishes(gap, value) for gap in gaps) for value in found)


def _vanishes(gap: Expr, value: Expr) -> bool:
    return len(gap.free_symbols) == 1 and zero(gap.subs(next(iter(gap.free_symbols)), value), ())
