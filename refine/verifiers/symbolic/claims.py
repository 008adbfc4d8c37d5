"""What the worker does with a question: read the texts, call the checker, answer with plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from refine.errors import RefineError, Wrong, require
from refine.types import Json
from refine.verifiers.answers import OWN, Answer, worded
from refine.verifiers.symbolic import plain
from refine.verifiers.symbolic.build import built
from refine.verifiers.symbolic.calculus import antiderivative_of, closed_form_of
from refine.verifiers.symbolic.domain import Domains, Point, points, symbols
from refine.verifiers.symbolic.equations import solves_ode, solves_recurrence
from refine.verifiers.symbolic.factoring import factorisation_of
from refine.verifiers.symbolic.holes import whole
from refine.verifiers.symbolic.inequalities import inequality_holds
from refine.verifiers.symbolic.matrices import matrix_decomposition
from refine.verifiers.symbolic.numeric import look
from refine.verifiers.symbolic.prove import equal
from refine.verifiers.symbolic.read import expression, tree
from refine.verifiers.symbolic.same_sets import compared
from refine.verifiers.symbolic.sets import root_of, solution_set_of
from refine.verifiers.symbolic.tree import CALCULUS, Apply, Tree

Question = dict[str, Any]
Object = Any


class Statement(Exception):  # noqa: N818 - whose text it is
    """The task's own text cannot be read."""


def answered(question: Question) -> Json:
    """The reply to one question: an answer, or {"wrong": ...} about the candidate, or {"fault": ...} about the task."""
    try:
        over = plain.read(question["domains"])
        return plain.answer_written(_CLAIMS[question["claim"]](question, over))
    except Wrong as wrong:
        return {"wrong": str(wrong)}
    except Statement as error:
        return {"fault": f"the task's own text cannot be read: {error}"}
    except MemoryError:
        raise
    except RecursionError:
        return {"undecided": ["nested too deeply for SymPy"]}
    except RefineError as error:
        return {"fault": str(error)}
    except Exception as error:  # noqa: BLE001 - SymPy fails in every kind of way, and a candidate must end no run by it
        return {"undecided": [f"{question.get('claim')}: {type(error).__name__}: {str(error)[:200]}"]}


def warm() -> None:
    """Loads what SymPy loads only when used, so that forked workers are born with it."""
    domains = {"x": ["real", None, None, False, False]}
    for given, candidate in (
        ("sin(x)**2", "1 - cos(x)^2"),
        ("log(x**2+1)", "log(x^2+1)+x"),
        ("gamma(x)", r"\frac{\Gamma(x)}{1}"),
    ):
        answered({"claim": "equals", "domains": domains, "statement": given, "candidate": candidate})
    sympy.simplify(sympy.sqrt(sympy.Symbol("x") ** 2 + 1) * sympy.gamma(sympy.Symbol("y") + 1))


def _candidate(question: Question, over: Domains) -> Object:
    return _based(expression(question["candidate"], symbols(over), allow=question.get("allow", ())), over)


def _based(value: Object, over: Domains) -> Object:
    """Raises `Wrong` where 0 is raised to a variable power: 0**(1000 - n) is 0 below 1000, 1 there and nothing beyond,
    of which no simplification knows.
    """
    for part in sympy.preorder_traversal(value):
        if isinstance(part, sympy.Pow) and part.exp.free_symbols:
            require(_not_always_zero(part.base, over), f"the base of {str(part)[:80]} is 0: write the value itself")
    return value


def _not_always_zero(base: Object, over: Domains) -> bool:
    """Whether the value is certainly not 0 at some point."""
    if base.is_nonzero:
        return True
    seen = look(base, sympy.S.Zero, over, at=points(over)[:12] if over else (Point((), generic=True),))
    return seen.refuted is not None


def _given(text: str, over: Domains, **functions: Object) -> Object:
    try:
        return expression(text, {**symbols(over), **functions}, allow=CALCULUS)
    except Wrong as wrong:
        raise Statement(f"{text!r:.100}: {wrong}") from None


def _expr(value: Object) -> Object:
    """The one expression of a text; of `y = ...`, the right side. Raises `Wrong` for anything else."""
    if isinstance(value, sympy.Eq) and value.lhs.is_Symbol:
        require(value.lhs not in value.rhs.free_symbols, f"{value.lhs} stands on both sides: write one formula")
        value = value.rhs
    if not isinstance(value, sympy.Expr):
        raise Wrong(f"write one formula, not a {type(value).__name__}")
    return value


def _equals(question: Question, over: Domains) -> Answer:
    given, candidate = _given(question["statement"], over), _expr(_candidate(question, over))
    found = equal(candidate, given, over, numeric_evidence=question.get("numeric_evidence"))
    said, asked = (_tree(question[text], over) for text in ("candidate", "statement"))
    return worded(whole(found, said, over, asked), *OWN)


def _tree(text: str, over: Domains) -> Tree:
    return tree(text, symbols(over).keys(), allow=CALCULUS)


def _identity(question: Question, over: Domains) -> Answer:
    """The sides are built apart, for SymPy's `Eq` would decide some by itself."""
    said = tree(question["candidate"], symbols(over).keys())
    if not (isinstance(said, Apply) and said.head == "=" and len(said.args) == 2):
        raise Wrong("write an equation: left side = right side")
    left, right = (_based(_expr(built(side, symbols(over), closed=True)), over) for side in said.args)
    return whole(equal(left, right, over, numeric_evidence=question.get("numeric_evidence")), said, over)


def _antiderivative(question: Question, over: Domains) -> Answer:
    given, candidate = _given(question["statement"], over), _expr(_candidate(question, over))
    return antiderivative_of(given, candidate, over, question["variable"], question.get("numeric_evidence"))


def _closed_form(question: Question, over: Domains) -> Answer:
    given, candidate = _given(question["statement"], over), _expr(_candidate(question, over))
    return closed_form_of(given, candidate, over, question.get("numeric_evidence"))


def _ode(question: Question, over: Domains) -> Answer:
    name = question["function"]
    equation = _given(question["statement"], over, **{name: sympy.Function(name)})
    initial = {_given(at, over): [_given(v, over) for v in values] for at, values in question["initial"].items()}
    bits = question.get("numeric_evidence")
    candidate = _solution(_solved(question, over, name), name)
    return solves_ode(equation, candidate, over, function=name, initial=initial, numeric_evidence=bits)


def _recurrence(question: Question, over: Domains) -> Answer:
    name = question["function"]
    equation = _given(question["statement"], over, **{name: sympy.Function(name)})
    initial = {int(n): _given(value, over) for n, value in question["initial"].items()}
    bits = question.get("numeric_evidence")
    candidate = _solution(_solved(question, over, name), name)
    return solves_recurrence(equation, candidate, over, function=name, initial=initial, numeric_evidence=bits)


def _solved(question: Question, over: Domains, name: str) -> Object:
    known = {**symbols(over), name: sympy.Function(name)}
    return _based(expression(question["candidate"], known, allow=question.get("allow", ())), over)


def _solution(value: Object, name: str) -> Object:
    """`y(x) = formula` or the formula alone. Raises `Wrong` where the formula speaks of y itself, or the left side of
    something else: y(0), or another name.
    """
    if isinstance(value, sympy.Eq):
        left = value.lhs
        named = isinstance(left, AppliedUndef) and all(arg.is_Symbol for arg in left.args)
        require(named or (left.is_Symbol and left.name == name), f"write {name}(...) = formula, or the formula alone")
        value = value.rhs
    found = _expr(value)
    if found.atoms(AppliedUndef):
        raise Wrong(f"write {name} explicitly: no {name}(...) on the right side")
    return found


def _root(question: Question, over: Domains) -> Answer:
    return root_of(_given(question["statement"], over), _expr(_candidate(question, over)), over)


def _solution_set(question: Question, over: Domains) -> Answer:
    return solution_set_of(_given(question["statement"], over), _candidate(question, over), over)


def _inequality(question: Question, over: Domains) -> Answer:
    return inequality_holds(_candidate(question, over), over)


def _factorisation(question: Question, over: Domains) -> Answer:
    said = tree(question["candidate"], symbols(over).keys())
    return factorisation_of(_given(question["statement"], over), said, over, question["field"])


def _decomposition(question: Question, over: Domains) -> Answer:
    given, candidate = _given(question["statement"], over), _candidate(question, over)
    return matrix_decomposition(given, question["kind"], candidate, over)


def _same_set(question: Question, over: Domains) -> Answer:
    del over
    return compared(question["candidate"], question["statement"])


_CLAIMS: dict[str, Callable[[Question, Domains], Answer]] = {
    "equals": _equals,
    "identity": _identity,
    "same_set": _same_set,
    "antiderivative_of": _antiderivative,
    "closed_form_of": _closed_form,
    "solves_ode": _ode,
    "solves_recurrence": _recurrence,
    "root_of": _root,
    "solution_set_of": _solution_set,
    "inequality_holds": _inequality,
    "factorisation_of": _factorisation,
    "matrix_decomposition": _decomposition,
}
