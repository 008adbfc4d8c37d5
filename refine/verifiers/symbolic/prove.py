"""Whether two expressions are equal wherever both are defined: refuted, proved or undecided.

The order: look for a counterexample (`numeric`); then symbolic proofs, the fastest and surest first, each with its own
share of time; then look closer. A proof is believed only if both sides were also *seen* to agree, in ball
arithmetic, at 20 points (at all there are, if there are fewer), which is what protects from a simplifier's mistake on a
branch cut. What "equal" means where a side does not exist:

- over real and complex symbols: x/x equals 1, for the points at which a side is undefined are few. They are not
  allowed to be many: three quarters of the points drawn at random must have values on both sides;
- over integers every point counts: if one side exists at a point and the other certainly does not, nothing is proved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from refine.verifiers.answers import Answer, Proved, Undecided
from refine.verifiers.symbolic.analytic import constant_difference
from refine.verifiers.symbolic.deadline import OutOfTime, cpu_limit
from refine.verifiers.symbolic.domain import Domains, Integer, finite, points, text
from refine.verifiers.symbolic.kernels import TooLarge
from refine.verifiers.symbolic.numeric import WANTED, Looked, agreement, look
from refine.verifiers.symbolic.radicals import split_roots
from refine.verifiers.symbolic.rewriting import rational_floats
from refine.verifiers.symbolic.ring import vanishes
from refine.verifiers.symbolic.turns import zero_by_turns

Expr = Any
Step = Callable[[Expr, Domains], bool | str | None]
"""True or a sentence where the difference is 0."""

_STEP_S = 1.0  # CPU seconds for one step
_SHORT_S = 0.5  # for SymPy's doit and simplify, which decide at once or not at all
_CLOSER = (256, 1024, 4096)  # bits


def equal(left: Expr, right: Expr, over: Domains, *, numeric_evidence: int | None = None) -> Answer:
    """Whether `left` equals `right` on the domains.

    Args:
        left: a SymPy expression.
        right: another.
        over: what their symbols range over.
        numeric_evidence: bits. If given, numeric agreement to within 2**-bits at 40 points counts as `Proved` where no
            proof is found, and `how` says so. None: it never does.
    """
    left, right = rational_floats(left), rational_floats(right)
    looked = look(left, right, over)
    if looked.refuted is None and looked.agreed < WANTED and not _all(looked, over):
        looked = look(left, right, over, at=points(over, 200))
    if looked.refuted is not None:
        return looked.refuted
    how, tried = _proof(left - right, over)
    if how is not None:
        doubt = doubted(looked, over)
        return Proved(how) if doubt is None else Undecided((*tried, f"{how}, but {doubt}"))
    closer = look(left, right, over, at=points(over)[:6], precisions=_CLOSER)
    if closer.refuted is not None:
        return closer.refuted
    evidence = None if numeric_evidence is None else agreement(left, right, over, numeric_evidence)
    return Proved(evidence) if evidence else Undecided((*tried, _seen(looked)))


def is_zero(expr: Expr, over: Domains, *, numeric_evidence: int | None = None) -> Answer:
    """Whether the expression is 0 on the domains; see `equal`."""
    return equal(expr, sympy.S.Zero, over, numeric_evidence=numeric_evidence)


def _all(looked: Looked, over: Domains) -> bool:
    return 0 < looked.agreed == len(points(over)) and (not over or finite(over))


def doubted(looked: Looked, over: Domains) -> str | None:
    """Why what was seen does not support a proof; None if it does."""
    if looked.one_sided is not None and any(isinstance(domain, Integer) for _, domain in over):
        where = ", ".join(f"{name} = {text(value)}" for name, value in looked.one_sided.values)
        return f"at {where} only one side is defined"
    if looked.agreed < WANTED and not _all(looked, over):
        return f"only {looked.agreed} points could be evaluated"
    if looked.drawn and 4 * looked.generic < 3 * looked.drawn:
        return "a side is undefined, or could not be evaluated, at many points"
    return None


def _seen(looked: Looked) -> str:
    return (
        f"ball arithmetic: no difference at {looked.agreed} points" if looked.agreed else "ball arithmetic: no values"
    )


def _proof(diff: Expr, over: Domains) -> tuple[str | None, tuple[str, ...]]:
    """How the difference was shown to be 0, or what was tried."""
    if diff == 0:
        return "the same expression", ()
    tried: list[str] = []
    for name, step in _STEPS:
        seconds = _SHORT_S if name in _SIMPLIFIERS else _STEP_S
        try:
            with cpu_limit(seconds):
                found = step(diff, over)
        except OutOfTime:
            tried.append(f"{name}: no answer within {seconds:g} s")
        except (TooLarge, RecursionError, MemoryError, ArithmeticError):
            tried.append(f"{name}: too large")
        except Exception as error:  # noqa: BLE001 - SymPy's own errors are of every kind, and none of them decides
            tried.append(f"{name}: {type(error).__name__}")
        else:
            if found:
                return (name if found is True else found), ()
            tried.append(name)
    return None, tuple(tried)


def _ring(diff: Expr, over: Domains) -> bool:
    del over
    return vanishes(diff)


def _algebraic_number(diff: Expr, over: Domains) -> bool:
    """Decides algebraic constants: the minimal polynomial of 0 is x (I. M. Isaacs; SymPy's implementation)."""
    del over
    if diff.free_symbols or not diff.is_algebraic:
        return False
    x = sympy.Dummy()
    return bool(sympy.minimal_polynomial(diff, x) == x)


def _split_radicals(diff: Expr, over: Domains) -> bool:
    changed = split_roots(diff, over)
    return bool(changed != diff and vanishes(changed))


def _turns(diff: Expr, over: Domains) -> bool:
    del over
    return zero_by_turns(diff)


def _by(function: Callable[[Expr], Expr]) -> Step:
    def step(diff: Expr, over: Domains) -> bool:
        del over
        simpler = function(diff)
        return bool(simpler == 0 or (simpler != diff and vanishes(simpler)))

    return step


_STEPS: tuple[tuple[str, Step], ...] = (
    ("normal form in a ring of fractions over Q", _ring),
    ("minimal polynomial of an algebraic number", _algebraic_number),
    ("roots taken apart, then normal form", _split_radicals),
    ("exp of a multiple is 1, and the size less than a turn", _turns),
    ("equal derivatives and one equal value", constant_difference),
    ("nested roots (sqrtdenest), then normal form", _by(sympy.sqrtdenest)),
    ("logarithms combined (logcombine), then normal form", _by(sympy.logcombine)),
    ("gamma functions (gammasimp)", _by(sympy.gammasimp)),
    ("trigonometric simplification (trigsimp)", _by(sympy.trigsimp)),
    ("evaluation (doit), then normal form", _by(lambda e: e.doit())),
    ("simplification (simplify)", _by(sympy.simplify)),
)
_SIMPLIFIERS = {name for name, _ in _STEPS[-2:]}
