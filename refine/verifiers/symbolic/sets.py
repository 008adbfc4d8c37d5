"""Roots and solution sets: every element solves, and none is missing."""

from __future__ import annotations

from typing import Any

import sympy

from refine.errors import require
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic import cells as line
from refine.verifiers.symbolic.calculus import every
from refine.verifiers.symbolic.deadline import OutOfTime, cpu_limit
from refine.verifiers.symbolic.domain import Complex, Domains, Integer, Real
from refine.verifiers.symbolic.numeric import look
from refine.verifiers.symbolic.prove import equal

Expr = Any
_SOLVESET_S = 2.0  # CPU seconds
_COUNTED = "as many as the polynomial has different roots in the domain"


def root_of(statement: Expr, given: Expr, over: Domains) -> Answer:
    """Whether `given` is a root of an equation (an Eq, or an expression that is to be 0) of one symbol."""
    residual, symbol, domain = _equation(statement, over)
    require(not given.has(symbol), f"write the value of {symbol}, without {symbol} itself")
    return _solves(residual, symbol, given, domain)


def solution_set_of(statement: Expr, given: Expr, over: Domains) -> Answer:
    """Whether `given` is the set of all solutions in the domain of an equation or inequality of one symbol.

    A finite set as a set, a tuple, one value, or equations joined by "or"; for an inequality intervals and their
    unions. Completeness is decided for rational functions over Q; elsewhere a set can be refuted, and is not proved.

    Raises:
        Wrong: it is no such set.
    """
    if getattr(statement, "rel_op", None) in ("<", "<=", ">", ">=", "!="):
        return _inequality(statement, _as_interval(given) or _as_set(given, over), over)
    residual, symbol, domain = _equation(statement, over)
    found = _as_set(given, over)
    if not isinstance(found, sympy.FiniteSet) and found is not sympy.S.EmptySet:
        return Undecided(("only finite sets of an equation's solutions are decided",))
    elements = list(found)
    require(all(not e.free_symbols for e in elements), "write the solutions as numbers")
    checked = [_solves(residual, symbol, element, domain) for element in elements]
    refuted = next((answer for answer in checked if isinstance(answer, Refuted)), None)
    if refuted is not None:
        return refuted
    sound = every({f"{symbol} = {e}": a for e, a in zip(elements, checked, strict=True)})
    complete = _complete(residual, symbol, elements, domain)
    if isinstance(complete, Refuted) or isinstance(sound, Proved):
        return complete
    return sound


def _equation(statement: Expr, over: Domains) -> tuple[Expr, Any, Any]:
    residual = statement.lhs - statement.rhs if isinstance(statement, sympy.Eq) else statement
    if len(over) != 1:
        raise ValueError("a solution set is of one symbol: declare exactly one domain")
    symbol = next(iter(residual.free_symbols), None)
    if symbol is None:
        raise ValueError("the statement has no symbol to solve for")
    return residual, symbol, over[0][1]


def _as_set(given: Expr, over: Domains) -> Expr:
    """The set that an answer means."""
    name = over[0][0] if over else "x"
    if isinstance(given, sympy.Set):
        return given
    if given in (sympy.true, sympy.false):
        return sympy.S.Reals if given == sympy.true else sympy.S.EmptySet
    if isinstance(given, sympy.Tuple | tuple):
        return sympy.FiniteSet(*[_value(e, name) for e in given])
    if isinstance(given, sympy.Or | sympy.And | sympy.core.relational.Relational | sympy.Contains):
        return _from_relation(given)
    return sympy.FiniteSet(_value(given, name))


def _as_interval(given: Expr) -> Expr | None:
    """`(a, b)`, which reads as a pair, beside an inequality means the open interval."""
    if isinstance(given, sympy.Tuple) and len(given) == 2 and all(e.is_number for e in given):
        return sympy.Interval.open(*given)
    return None


def _value(given: Expr, name: str) -> Expr:
    value = given.rhs if isinstance(given, sympy.Eq) and str(given.lhs) == name else given
    require(isinstance(value, sympy.Expr), "write the solutions as numbers, a set {...} or intervals")
    return value


def _from_relation(given: Expr) -> Expr:
    if isinstance(given, sympy.Or | sympy.And):
        join = sympy.Union if isinstance(given, sympy.Or) else sympy.Intersection
        return join(*[_from_relation(arg) for arg in given.args])
    if isinstance(given, sympy.Contains):
        return given.args[1]
    if isinstance(given, sympy.Eq):
        return sympy.FiniteSet(given.rhs if given.lhs.is_Symbol else given.lhs)
    return given.as_set()


def _solves(residual: Expr, symbol: Any, value: Expr, domain: Any) -> Answer:  # noqa: ANN401
    outside = _outside(value, domain)
    if outside is not None:
        return outside
    answer = equal(residual.subs(symbol, value), sympy.S.Zero, ())
    if isinstance(answer, Refuted):
        return Refuted(f"no solution: {answer.how}", {symbol.name: str(value)}, answer.left, answer.right)
    return answer


def _outside(value: Expr, domain: Any) -> Answer | None:  # noqa: ANN401
    """A refutation where the value is certainly not in the domain, undecided where that is not known."""
    if isinstance(domain, Complex):
        return None
    inside = _contained(value, domain)
    if inside is False:
        return Refuted(f"{value} is not in the domain", {"value": str(value)})
    return None if inside else Undecided((f"whether {value} lies in the domain",))


def _contained(value: Expr, domain: Real | Integer) -> bool | None:
    if isinstance(domain, Integer):
        low = -sympy.oo if domain.low is None else domain.low
        high = sympy.oo if domain.high is None else domain.high
        found = sympy.Range(low, high + 1 if high != sympy.oo else high).contains(value)
    else:
        found = _interval(domain).contains(value)
    return bool(found) if found in (sympy.true, sympy.false) else None


def _interval(domain: Real) -> Any:  # noqa: ANN401
    low = -sympy.oo if domain.low is None else sympy.Rational(str(domain.low))
    high = sympy.oo if domain.high is None else sympy.Rational(str(domain.high))
    return sympy.Interval(low, high, domain.open_low, domain.open_high)


def _complete(residual: Expr, symbol: Any, elements: list[Expr], domain: Any) -> Answer:  # noqa: ANN401
    parts = line.quotient(residual, symbol)
    if parts is None:
        return _against_solveset(residual, symbol, elements, domain)
    top = parts[0].sqf_part()
    top = top.quo(top.gcd(parts[1]))  # a root of both is no solution: nothing is defined there
    if not _distinct(elements):
        return Undecided(("whether the elements of the set are different",))
    roots = _roots(top, domain)
    if roots is None:
        return Undecided(("whether every root lies in the domain",))
    if len(elements) == len(roots):
        return Proved(f"every element is a root, and they are {_COUNTED}: {len(roots)}")
    return _missing(roots, elements, symbol) or Undecided(("the elements and the roots could not be matched",))


def _roots(poly: Any, domain: Any) -> list[Expr] | None:  # noqa: ANN401
    """The polynomial's roots in the domain; None where it is not known of one whether it is."""
    if poly.is_ground:
        return []
    if isinstance(domain, Complex):
        return list(poly.all_roots())
    found = [r for r in poly.real_roots() if r.is_Rational or not isinstance(domain, Integer)]
    inside = [_contained(root, domain) for root in found]
    return None if None in inside else [root for root, within in zip(found, inside, strict=True) if within]


def _distinct(elements: list[Expr]) -> bool:
    pairs = [(a, b) for i, a in enumerate(elements) for b in elements[:i]]
    return all(look(a, b, ()).refuted is not None for a, b in pairs)


def _missing(roots: list[Expr], elements: list[Expr], symbol: Any) -> Refuted | None:  # noqa: ANN401
    for root in roots:
        if all(abs((root - element).evalf(30)) > sympy.Rational(1, 10**12) for element in elements):
            near = root if not root.has(sympy.CRootOf) else root.evalf(15)
            return Refuted("this solution is missing", {symbol.name: str(near)})
    return None


def _against_solveset(residual: Expr, symbol: Any, elements: list[Expr], domain: Any) -> Answer:  # noqa: ANN401
    """A solution that SymPy finds, that is proved to be one and that differs from all given ones, refutes."""
    where = sympy.S.Complexes if isinstance(domain, Complex) else sympy.S.Reals
    try:
        with cpu_limit(_SOLVESET_S):
            found = sympy.solveset(residual, symbol, where)
    except OutOfTime:
        return Undecided((f"completeness: solveset gave no answer within {_SOLVESET_S:g} s",))
    for solution in list(found)[:50] if isinstance(found, sympy.FiniteSet) else []:
        new = all(look(solution, element, ()).refuted is not None for element in elements)
        if new and isinstance(_solves(residual, symbol, solution, domain), Proved):
            return Refuted("this solution is missing", {symbol.name: str(solution)})
    return Undecided(("completeness: decided only for rational functions over Q",))


def _inequality(relation: Expr, given: Expr, over: Domains) -> Answer:
    """Cell by cell of the line, cut at the roots and at the boundary of the given set."""
    domain = over[0][1]
    symbol = next(iter(relation.free_symbols), None)
    parts = None if symbol is None else line.quotient(relation.lhs - relation.rhs, symbol)
    if parts is None or not isinstance(domain, Real):
        return Undecided(("decided only for rational functions over Q of a real symbol",))
    boundary = [b for b in given.boundary if b.is_finite] if given.boundary.is_FiniteSet else []
    if any(not b.is_algebraic for b in boundary):
        return Undecided(("the set's ends are not algebraic numbers",))
    found = line.cells([*line.roots(parts[0]), *line.roots(parts[1]), *boundary], domain)
    if found is None:
        return Undecided(("two ends could not be told apart",))
    for cell in found:
        holds = _holds(relation.rel_op, line.sign_at(parts, cell))
        inside = given.contains(cell.exact)
        if inside not in (sympy.true, sympy.false):
            return Undecided((f"whether {cell.exact} is in the set",))
        if bool(inside) != holds:
            how = "this solution is missing" if holds else "this is no solution"
            return Refuted(how, {over[0][0]: str(cell.exact)})
    return Proved("the same on every piece of the line between the roots (Sturm) and the set's ends")


def _holds(op: str, sign: int | None) -> bool:
    if sign is None:
        return False
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0, "!=": sign != 0}[op]
