"""Whether an inequality holds on its whole domain."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy
from flint import acb, arb

from refine.errors import require
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic import cells as line
from refine.verifiers.symbolic.analytic import smooth
from refine.verifiers.symbolic.balls import Ball, Undefined
from refine.verifiers.symbolic.deadline import OutOfTime, cpu_limit
from refine.verifiers.symbolic.descent import low_points, quadratic_form
from refine.verifiers.symbolic.domain import Complex, Domains, Integer, Real
from refine.verifiers.symbolic.evaluate import compiled, rational, related
from refine.verifiers.symbolic.kernels import TooLarge
from refine.verifiers.symbolic.numeric import Judge, look, precision, shown
from refine.verifiers.symbolic.positivity import rational as exact
from refine.verifiers.symbolic.prove import doubted
from refine.verifiers.symbolic.ring import vanishes

Expr = Any
_STEP_S = 2.0  # CPU seconds for one way to prove it
_BOXES = 20_000
_FORM = 8  # symbols of a quadratic form, at most
_CHARS = 15  # of an exact value that is shown as it is
_ORDER = ("<", "<=", ">", ">=")


def inequality_holds(relation: Expr, over: Domains) -> Answer:
    """Whether `relation` (<, <=, > or >=) holds at every point of the domains.

    Raises:
        Wrong: it is no inequality, or is one of complex symbols.
    """
    if relation in (sympy.true, sympy.false):
        return _trivial(relation)
    require(getattr(relation, "rel_op", None) in _ORDER, "write an inequality with <, <=, > or >=")
    require(not any(isinstance(d, Complex) for _, d in over), "complex numbers are not ordered: declare real symbols")
    names = {symbol.name for symbol in relation.free_symbols}
    over = tuple((name, domain) for name, domain in over if name in names)
    op = relation.rel_op
    seen = look(relation.lhs, relation.rhs, over, contradicts=_contradicts(op))
    if seen.refuted is not None:
        return seen.refuted
    larger = relation.rhs - relation.lhs if op in ("<", "<=") else relation.lhs - relation.rhs
    answer = _proof(larger, over, strict=op in ("<", ">"), doubt=doubted(seen, over))
    if isinstance(answer, line.Cell):
        return _at_cell(relation, over[0][0], answer)
    return answer if isinstance(answer, Proved) else _descended(relation, larger, over) or answer


def _contradicts(op: str) -> Judge:
    return lambda a, b: related(op, a, b) is False


def _trivial(relation: Expr) -> Answer:
    how = "SymPy's assumptions decide it"
    return Proved(how) if relation == sympy.true else Refuted(how)


def _at_cell(relation: Expr, name: str, cell: line.Cell) -> Refuted:
    """The counterexample with both sides: exact where the point is rational, else to some digits."""
    how = "the sign of a rational function between its roots"
    symbol = next(symbol for symbol in relation.free_symbols if symbol.name == name)
    left, right = (side.subs(symbol, cell.exact) for side in (relation.lhs, relation.rhs))
    if not all(_brief(side) for side in (left, right)):
        with precision(1024):
            balls = [compiled(side)({}) for side in (left, right)]
        return Refuted(how, {name: str(cell.exact)}, shown(*balls), shown(*reversed(balls)))
    return Refuted(how, {name: str(cell.exact)}, str(left), str(right))


def _brief(value: Expr) -> bool:
    return bool(value.is_Rational and len(str(value)) <= _CHARS)


def _descended(relation: Expr, larger: Expr, over: Domains) -> Refuted | None:
    """A counterexample found by going downhill, and checked in ball arithmetic."""
    try:
        with cpu_limit(_STEP_S):
            for point in low_points(larger, over):
                seen = look(relation.lhs, relation.rhs, over, contradicts=_contradicts(relation.rel_op), at=(point,))
                if seen.refuted is not None:
                    return seen.refuted
    except (OutOfTime, OverflowError):
        return None
    return None


def _proof(larger: Expr, over: Domains, *, strict: bool, doubt: str | None) -> Proved | Undecided | line.Cell:
    tried: list[str] = []
    for name, way in _WAYS:
        try:
            with cpu_limit(_STEP_S):
                found = way(larger, over, strict)
        except OutOfTime:
            tried.append(f"{name}: no answer within {_STEP_S:g} s")
        except (TooLarge, RecursionError, ArithmeticError):
            tried.append(f"{name}: too large")
        except Exception as error:  # noqa: BLE001 - SymPy's own errors are of every kind, and none of them decides
            tried.append(f"{name}: {type(error).__name__}")
        else:
            if isinstance(found, line.Cell):
                return found
            if found and doubt is None:
                return Proved(name)
            tried.append(f"{name}, but {doubt}" if found else name)
    return Undecided(tuple(tried))


def _assumed(larger: Expr, over: Domains, strict: bool) -> bool:  # noqa: FBT001 - a column of the table below
    del over
    return bool(larger.is_positive if strict else larger.is_nonnegative)


def _by_cells(larger: Expr, over: Domains, strict: bool) -> bool | line.Cell:  # noqa: FBT001
    """Decides rational functions of one real symbol over Q: a cell where it fails, or that there is none."""
    if len(over) != 1 or not isinstance(over[0][1], Real):
        return False
    symbol = next(iter(larger.free_symbols), None)
    parts = None if symbol is None else line.quotient(larger, symbol)
    if parts is None:
        return False
    found = line.cells([*line.roots(parts[0]), *line.roots(parts[1])], over[0][1])
    for cell in found or ():
        sign = line.sign_at(parts, cell)
        if sign is not None and (sign < 0 or (strict and sign == 0)):
            return cell
    return found is not None


def _quadratic(larger: Expr, over: Domains, strict: bool) -> bool:  # noqa: FBT001
    """A polynomial of degree 2 is v^T M v with v = (1, x, y, ...): not negative if M is positive semidefinite."""
    matrix = quadratic_form(larger, [name for name, _ in over]) if len(over) <= _FORM else None
    if matrix is None:
        return False
    return bool(matrix.is_positive_definite if strict else matrix.is_positive_semidefinite)


def _bounded(larger: Expr, over: Domains, strict: bool) -> bool:  # noqa: FBT001
    """Branch and bound with interval arithmetic: the lower bound of every box is above 0 (or is 0). An unbounded symbol
    is tried as one infinite ball.
    """
    function = compiled(larger)
    box = tuple(_side(domain) for _, domain in over)
    names = [name for name, _ in over]
    if any(isinstance(domain, Integer) for _, domain in over):
        return False
    waiting, done = [box], 0
    with precision(64):
        while waiting:
            current = waiting.pop()
            done += 1
            if _above(_enclosed(function, names, current), strict=strict):
                continue
            halves = _halves(current)
            if done > _BOXES or halves is None:
                return False
            waiting.extend(halves)
    return True


Side = tuple[Fraction | None, Fraction | None]


def _side(domain: Any) -> Side:  # noqa: ANN401 - a Domain
    ends = (domain.low, domain.high)
    return (None if ends[0] is None else Fraction(ends[0])), (None if ends[1] is None else Fraction(ends[1]))


def _enclosed(function: Callable[[Any], Ball], names: list[str], box: tuple[Side, ...]) -> Ball | None:
    try:
        return function({name: acb(_interval(side)) for name, side in zip(names, box, strict=True)})
    except Undefined:
        return None


def _interval(side: Side) -> arb:
    low = arb.neg_inf() if side[0] is None else rational(side[0]).real
    high = arb.pos_inf() if side[1] is None else rational(side[1]).real
    return low.union(high)


def _above(ball: Ball | None, *, strict: bool) -> bool:
    if ball is None or not ball.imag.is_zero() or ball.real.is_nan():
        return False
    return bool(ball.real > 0 if strict else ball.real >= 0)


def _halves(box: tuple[Side, ...]) -> list[tuple[Side, ...]] | None:
    """The box cut in two across its widest side; None where it is unbounded or has become tiny."""
    if any(low is None or high is None for low, high in box) or not box:
        return None
    widths = [high - low for low, high in box if low is not None and high is not None]
    i = widths.index(max(widths))
    low, high = box[i]
    if low is None or high is None or high - low < Fraction(1, 2**40):
        return None
    middle = (low + high) / 2
    return [(*box[:i], side, *box[i + 1 :]) for side in ((low, middle), (middle, high))]


def _monotone(larger: Expr, over: Domains, strict: bool) -> bool:  # noqa: FBT001
    """Where f >= 0 at a pivot (an end of the domain, 0 or 1) and f' >= 0 from there outwards, and so on for f', at most
    four times.
    """
    if len(over) != 1 or not isinstance(over[0][1], Real) or len(larger.free_symbols) != 1:
        return False
    domain = over[0][1]
    symbol = next(iter(larger.free_symbols))
    closed = ((over[0][0], Real(domain.low, domain.high)),)
    if not smooth(larger, closed):
        return False
    for pivot in _pivots(domain):
        outside = _excluded(pivot, domain)
        if _outward(larger, symbol, pivot, domain, strict=strict and not outside):
            return not (strict and outside) or _somewhere_positive(larger, over)
    return False


def _somewhere_positive(f: Expr, over: Domains) -> bool:
    """Whether a function is certainly above 0 at a point. One that is analytic, rises from 0 and is not 0 everywhere is
    above 0 everywhere beyond.
    """
    return look(f, sympy.S.Zero, over, contradicts=lambda a, b: related(">", a, b) is True).refuted is not None


def _excluded(pivot: Expr, domain: Real) -> bool:
    ends = ((domain.low, domain.open_low), (domain.high, domain.open_high))
    return any(end is not None and is_open and exact(end) == pivot for end, is_open in ends)


def _pivots(domain: Real) -> list[Expr]:
    ends = [exact(end) for end in (domain.low, domain.high) if end is not None]
    return [*ends, *(v for v in (sympy.S.Zero, sympy.S.One) if domain.holds(Fraction(int(v))) and v not in ends)]


def _outward(f: Expr, symbol: Any, pivot: Expr, domain: Real, *, strict: bool) -> bool:  # noqa: ANN401
    """Whether f is at least 0 at the pivot (above, if strict), and does not fall from there to either end."""
    if not _at_least_zero(f.subs(symbol, pivot), strict=strict):
        return False
    right = domain.high is None or exact(domain.high) > pivot
    left = domain.low is None or exact(domain.low) < pivot
    rises = not right or _rises(f, symbol, Real(_plain(pivot), domain.high), 1)
    return rises and (not left or _rises(f, symbol, Real(domain.low, _plain(pivot)), -1))


def _plain(value: Expr) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _rises(f: Expr, symbol: Any, domain: Real, direction: int, depth: int = 4) -> bool:  # noqa: ANN401
    """Whether direction*f' >= 0 on the closed interval that begins (for -1: ends) at the pivot."""
    slope = sympy.simplify(direction * sympy.diff(f, symbol))
    over = ((symbol.name, domain),)
    if (
        slope.is_nonnegative
        or _wave_floor(slope)
        or _bounded(slope, over, False)
        or _by_cells(slope, over, False) is True
    ):
        return True
    pivot = domain.low if direction > 0 else domain.high
    if depth == 0 or pivot is None or not _at_least_zero(slope.subs(symbol, exact(pivot)), strict=False):
        return False
    return _rises(slope, symbol, domain, direction, depth - 1)


def _wave_floor(expr: Expr) -> bool:
    """Whether a number plus multiples of sines and cosines of real arguments is at least 0 by their sizes alone."""
    floor = sympy.S.Zero
    for term in sympy.Add.make_args(expr):
        size, rest = term.as_coeff_Mul(rational=True)
        if rest == 1:
            floor += size
        elif isinstance(rest, sympy.sin | sympy.cos) and rest.args[0].is_real:
            floor -= abs(size)
        else:
            return False
    return bool(floor >= 0)


def _at_least_zero(value: Expr, *, strict: bool) -> bool:
    if value.free_symbols:
        return False
    seen = _enclosed(compiled(value), [], ())
    if _above(seen, strict=True):
        return True
    return not strict and vanishes(value)


Way = Callable[[Expr, Domains, bool], "bool | line.Cell"]
_WAYS: tuple[tuple[str, Way], ...] = (
    ("the sign that the symbols' domains imply", _assumed),
    ("the sign of a rational function between its roots (Sturm)", _by_cells),
    ("a quadratic form with a positive semidefinite matrix", _quadratic),
    ("interval arithmetic on boxes that cover the domain", _bounded),
    ("a function that is not negative at a point and rises from there", _monotone),
)
