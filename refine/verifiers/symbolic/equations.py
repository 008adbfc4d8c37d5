"""Solutions of differential equations and recurrences: put in, and tested for zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from refine.errors import Wrong
from refine.verifiers.answers import OWN, Answer, Proved, Undecided, worded
from refine.verifiers.symbolic.calculus import every, remaining, require_closed, through
from refine.verifiers.symbolic.continuity import analytic
from refine.verifiers.symbolic.deadline import OutOfTime, cpu_limit
from refine.verifiers.symbolic.domain import Domains
from refine.verifiers.symbolic.jumps import jump
from refine.verifiers.symbolic.prove import equal

Expr = Any
_LEFT = ("put in, your formula leaves", "where it should leave")
_SMOOTH_S = 2.0  # CPU seconds to show that a formula is analytic


def solves_ode(
    equation: Expr,
    given: Expr,
    over: Domains,
    *,
    function: str = "y",
    initial: Mapping[Expr, Sequence[Expr]] | None = None,
    numeric_evidence: int | None = None,
) -> Answer:
    """Whether y(x) = `given` makes `equation` hold on the domain of x, and has the initial values exactly. Proved only
    if it is analytic inside of the domain too, but for poles, and continuous at the ends that belong to it.

    Args:
        equation: an Eq, or an expression that is to be 0, in `function`(x) and its derivatives.
        given: an expression in x. Without `initial`, a trivial solution such as 0 is a solution too.
        over: the domains of x and of parameters.
        function: the name of the unknown function.
        initial: point -> (y, y', y'', ...) there.
        numeric_evidence: see `prove.equal`.

    Raises:
        Wrong: `given` is no closed form.
    """
    require_closed(given)
    calls = _calls(equation, function)
    variable = _single(calls, function)
    inserted = _difference(equation).subs({call: given.subs(variable, call.args[0]) for call in calls}).doit()
    answers = {"the equation": worded(equal(inserted, sympy.S.Zero, over, numeric_evidence=numeric_evidence), *_LEFT)}
    for point, values in (initial or {}).items():
        for order, value in enumerate(values):
            at = sympy.diff(given, variable, order).subs(variable, point)
            name = f"{function}{chr(39) * order}({point}) = {value}"
            same = equal(at, value, remaining(over, at, value), numeric_evidence=numeric_evidence)
            answers[name] = worded(same, *OWN)
    answer = every(answers)
    order = max((part.derivative_count for part in equation.atoms(sympy.Derivative)), default=0)
    return _unbroken(answer, given, variable, over, order) if isinstance(answer, Proved) else answer


def _unbroken(answer: Proved, given: Expr, variable: Any, over: Domains, order: int) -> Answer:  # noqa: ANN401
    """A function that jumps, or has a kink, solves no differential equation there."""
    over = remaining(over, given)
    try:
        with cpu_limit(_SMOOTH_S):
            broken, poles = analytic(given, over)
            near = () if broken is None else broken.places(over)
    except OutOfTime:
        return Undecided((f"{answer.how}, but whether it is analytic: no answer within {_SMOOTH_S:g} s",))
    if broken is None:
        where = "on each part of the domain between the formula's poles" if poles else "on the whole domain"
        return Proved(f"{answer.how}; analytic {where}")
    for k in range(order):
        slopes = sympy.diff(given, variable, k), sympy.cancel(sympy.diff(given, variable, k + 1))
        refuted = jump(*slopes, over, near)
        if refuted is not None:
            return through(f"derivative {k} of the answer: " if k else "the answer: ", refuted)
    return Undecided((f"{answer.how}, but {broken.feedback()}",))


def solves_recurrence(
    equation: Expr,
    given: Expr,
    over: Domains,
    *,
    function: str = "a",
    initial: Mapping[int, Expr] | None = None,
    numeric_evidence: int | None = None,
) -> Answer:
    """Whether the sequence a(n) = `given` satisfies `equation` on the domain of n, and has the initial values exactly.

    Args:
        equation: an Eq, or an expression that is to be 0, in `function`(n), `function`(n+1), ...
        given: an expression in n.
        over: the domains of n and of parameters.
        function: the name of the unknown sequence.
        initial: n -> value; as many as the order, or other solutions pass too.
        numeric_evidence: see `prove.equal`.

    Raises:
        Wrong: `given` is no closed form.
    """
    require_closed(given)
    calls = _calls(equation, function)
    index = _single(calls, function)
    inserted = _difference(equation).subs({call: given.subs(index, call.args[0]) for call in calls})
    answers = {"the recurrence": worded(equal(inserted, sympy.S.Zero, over, numeric_evidence=numeric_evidence), *_LEFT)}
    for n, value in (initial or {}).items():
        at = given.subs(index, n)
        name = f"{function}({n}) = {value}"
        same = equal(at, value, remaining(over, at, value), numeric_evidence=numeric_evidence)
        answers[name] = worded(same, *OWN)
    return every(answers)


def _difference(equation: Expr) -> Expr:
    return equation.lhs - equation.rhs if isinstance(equation, sympy.Eq) else equation


def _calls(equation: Expr, function: str) -> list[Any]:
    return [call for call in equation.atoms(AppliedUndef) if type(call).__name__ == function]


def _single(calls: list[Any], function: str) -> Any:  # noqa: ANN401 - a SymPy symbol
    """The one symbol that the unknown function's arguments depend on."""
    found = {symbol for call in calls for arg in call.args for symbol in arg.free_symbols}
    if len(found) != 1:
        raise Wrong(f"the equation needs {function}(...) of one variable, and has {len(found)}")
    return next(iter(found))
