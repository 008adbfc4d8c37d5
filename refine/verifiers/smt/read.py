"""Untrusted text to Z3 terms: a walk over Python's syntax tree that knows few forms and evaluates nothing.

What the operators mean (all inputs of one claim are of one sort):

    form              BitVec(bits)                          Int                     Real
    + - * unary -     modulo 2^bits                         exact                   exact
    x ** 3            a constant exponent, 0 to 64          the same                the same
    & | ^ ~           bitwise                               -                       -
    << >>             count read as unsigned; one of `bits`  -                      -
                      or more shifts all out; `>>` copies
                      the sign where signed, else zeros
    lsr(x, n), asr(x, n)  `>>` with zeros, with the sign    -                       -
    //  %             as Python's: rounded down             as Python's             -
    /                 -                                     -                       exact
    < <= > >=         signed or unsigned, as the sort       exact                   exact
    == != and or not  conditions; as a number 1 or 0        the same                the same
    a if c else b     only where "condition" is allowed     the same                the same
    abs min max       as the sort                           exact                   exact

A division by zero is no value: `Reading.duties` says what must never happen, and a claim is refuted where one can.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from refine.errors import Wrong, require
from refine.verifiers.exact import Bounds
from refine.verifiers.smt.sorts import BitVec, Int, Real, Sort, literal, z3
from refine.verifiers.smt.syntax import parsed, refused

Term = Any
"""A Z3 term; the package has no types."""

EXPONENT = 64
FORMS = frozenset({"condition", "compare", "abs", "min", "max", "lsr", "asr"})
"""What `allow` may hold: `a if c else b`, comparisons and logic, and the five calls."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says.

    Attributes:
        term: its value, a number of the sort or a condition.
        duties: conditions, each with a word for its failure; where one is false the text has no value.
    """

    term: Term
    duties: tuple[tuple[Term, str], ...]


def read(
    text: str,
    inputs: Mapping[str, Term],
    sort: Sort,
    *,
    allow: Collection[str] = FORMS,
    bounds: Bounds | None = None,
) -> Reading:
    """The text as a Z3 term over `inputs` (name -> Z3 variable of the sort).

    Raises:
        Wrong: it is not one expression or one straight-line function, uses what is not allowed, or exceeds the bounds.
    """
    body = parsed(text, bounds or Bounds())
    walk = _Walk(dict(inputs), sort, frozenset(allow), (bounds or Bounds()).digits)
    return Reading(walk.program(body), tuple(walk.duties))


class _Walk:
    """One pass over the tree; `guard` is the condition under which the node at hand has to have a value."""

    def __init__(self, names: dict[str, Term], sort: Sort, allow: frozenset[str], digits: int) -> None:
        self.names = names
        self.sort = sort
        self.allow = allow
        self.digits = digits
        self.duties: list[tuple[Term, str]] = []
        self.guard: Term = z3().BoolVal(True)

    def program(self, body: list[ast.stmt]) -> Term:
        if len(body) == 1 and isinstance(body[0], ast.Expr):
            return self.value(body[0].value)
        require(len(body) == 1 and isinstance(body[0], ast.FunctionDef), "write one expression, or one function")
        function = body[0]
        assert isinstance(function, ast.FunctionDef)
        given = [argument.arg for argument in function.args.args]
        plain = not (function.args.defaults or function.args.vararg or function.args.kwarg or function.args.kwonlyargs)
        require(plain and not function.args.posonlyargs and not function.decorator_list, "only plain arguments, please")
        require(given == list(self.names), f"the function's arguments must be ({', '.join(self.names)})")
        for statement in function.body[:-1]:
            self.assign(statement)
        last = function.body[-1]
        if not isinstance(last, ast.Return) or last.value is None:
            raise Wrong("the function must end with `return` and a value")
        return self.value(last.value)

    def assign(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.names[name] = self.value(value)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                self.names[name] = self.binary(ast.BinOp(ast.Name(target.id, ast.Load()), op, value))
            case _:
                raise refused(statement)

    def value(self, node: ast.expr) -> Term:  # noqa: PLR0911 - one line for each form
        match node:
            case ast.Name(id=name):
                known = ", ".join(sorted(self.names))
                require(name in self.names, f"the name {name[:40]!r} is not known here; known: {known}")
                return self.names[name]
            case ast.Constant(value=value):
                return self.constant(value)
            case ast.UnaryOp():
                return self.unary(node)
            case ast.BinOp():
                return self.binary(node)
            case ast.Compare() | ast.BoolOp():
                require("compare" in self.allow, "comparisons are not allowed")
                return self.compare(node) if isinstance(node, ast.Compare) else self.logic(node)
            case ast.IfExp():
                return self.choice(node)
            case ast.Call():
                return self.call(node)
        raise refused(node)

    def constant(self, value: object) -> Term:
        if isinstance(value, bool):
            require("compare" in self.allow, "True and False are not allowed")
            return z3().BoolVal(value)
        require(type(value) is int, "only integers are allowed as numbers: write 1/2 instead of 0.5")
        assert isinstance(value, int)
        if isinstance(self.sort, BitVec):
            require(value < 2**self.sort.bits, f"a constant of more than {self.sort.bits} bits")
        require(value < 2**128 if isinstance(self.sort, BitVec) else value < 10**self.digits, "a constant is too large")
        return literal(value, self.sort)

    def number(self, node: ast.expr) -> Term:
        """A value as a number: a condition counts 1 or 0."""
        term = self.value(node)
        return z3().If(term, literal(1, self.sort), literal(0, self.sort)) if z3().is_bool(term) else term

    def condition(self, node: ast.expr) -> Term:
        term = self.value(node)
        return term if z3().is_bool(term) else term != literal(0, self.sort)

    def unary(self, node: ast.UnaryOp) -> Term:
        match node.op:
            case ast.Not():
                require("compare" in self.allow, "`not` is not allowed")
                return z3().Not(self.condition(node.operand))
            case ast.USub():
                return -self.number(node.operand)
            case ast.UAdd():
                return self.number(node.operand)
        require(isinstance(self.sort, BitVec), "`~` is for words only")
        return ~self.number(node.operand)

    def binary(self, node: ast.BinOp) -> Term:
        if isinstance(node.op, ast.Pow):
            return self.power(node)
        left, right = self.number(node.left), self.number(node.right)
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div() | ast.FloorDiv() | ast.Mod():
                return self.divided(node.op, left, right)
        require(isinstance(self.sort, BitVec), f"{type(node.op).__name__} is for words only")
        return self.bits(node.op, left, right)

    def bits(self, op: ast.operator, left: Term, right: Term) -> Term:
        match op:
            case ast.BitAnd():
                return left & right
            case ast.BitOr():
                return left | right
            case ast.BitXor():
                return left ^ right
            case ast.LShift():
                return left << right
            case ast.RShift():
                return left >> right if self.signed else z3().LShR(left, right)
        raise refused(op)

    @property
    def signed(self) -> bool:
        return isinstance(self.sort, BitVec) and self.sort.signed

    def power(self, node: ast.BinOp) -> Term:
        match node.right:
            case ast.Constant(value=int(times)) if type(times) is int and 0 <= times <= EXPONENT:
                base, result = self.number(node.left), literal(1, self.sort)
                for _ in range(times):
                    result = result * base
                return result
        raise Wrong(f"an exponent must be a plain integer from 0 to {EXPONENT}")

    def divided(self, op: ast.operator, left: Term, right: Term) -> Term:
        real = isinstance(self.sort, Real)
        require(real == isinstance(op, ast.Div), "`/` is for real numbers, `//` and `%` are for words and integers")
        self.duties.append((z3().Implies(self.guard, right != literal(0, self.sort)), "divides by zero"))
        if real:
            return left / right
        floor = self.floor(left, right)
        return floor if isinstance(op, ast.FloorDiv) else left - right * floor

    def floor(self, left: Term, right: Term) -> Term:
        """The quotient rounded down, as Python's. Z3 rounds down for positive divisors, and to 0 for signed words."""
        if isinstance(self.sort, Int):
            return z3().If(right > 0, left / right, (-left) / (-right))
        if not self.signed:
            return z3().UDiv(left, right)
        return (left / right) - z3().If(
            z3().And(z3().SRem(left, right) != 0, (left < 0) != (right < 0)),
            literal(1, self.sort),
            literal(0, self.sort),
        )

    def compare(self, node: ast.Compare) -> Term:
        values = [self.number(side) for side in (node.left, *node.comparators)]
        return z3().And([self.order(op, a, b) for op, a, b in zip(node.ops, values, values[1:], strict=False)])

    def order(self, op: ast.cmpop, a: Term, b: Term) -> Term:
        unsigned = isinstance(self.sort, BitVec) and not self.sort.signed
        match op:
            case ast.Eq():
                return a == b
            case ast.NotEq():
                return a != b
            case ast.Lt():
                return z3().ULT(a, b) if unsigned else a < b
            case ast.LtE():
                return z3().ULE(a, b) if unsigned else a <= b
            case ast.Gt():
                return z3().UGT(a, b) if unsigned else a > b
            case ast.GtE():
                return z3().UGE(a, b) if unsigned else a >= b
        raise refused(op)

    def logic(self, node: ast.BoolOp) -> Term:
        """`and` and `or` of conditions; a later one is looked at only where the earlier ones leave it open."""
        outer, found = self.guard, []
        for part in node.values:
            term = self.condition(part)
            found.append(term)
            self.guard = z3().And(self.guard, term if isinstance(node.op, ast.And) else z3().Not(term))
        self.guard = outer
        return z3().And(found) if isinstance(node.op, ast.And) else z3().Or(found)

    def choice(self, node: ast.IfExp) -> Term:
        require("condition" in self.allow, "conditions (`a if c else b`) are not allowed: one formula for every input")
        outer, test = self.guard, self.condition(node.test)
        self.guard = z3().And(outer, test)
        yes = self.number(node.body)
        self.guard = z3().And(outer, z3().Not(test))
        no = self.number(node.orelse)
        self.guard = outer
        return z3().If(test, yes, no)

    def call(self, node: ast.Call) -> Term:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        allowed = sorted(self.allow & _ARITY.keys())
        require(name in allowed, f"only these may be called: {', '.join(allowed) or 'nothing'}")
        require(len(node.args) == _ARITY[name] and not node.keywords, f"{name} takes {_ARITY[name]} argument(s)")
        values = [self.number(argument) for argument in node.args]
        if name in ("lsr", "asr"):
            require(isinstance(self.sort, BitVec), f"{name} is for words only")
            return z3().LShR(*values) if name == "lsr" else values[0] >> values[1]
        if name == "abs":
            zero = literal(0, self.sort)
            return z3().If(self.order(ast.Lt(), values[0], zero), -values[0], values[0])
        first = self.order(ast.Lt() if name == "min" else ast.Gt(), *values)
        return z3().If(first, *values)


_ARITY = {"lsr": 2, "asr": 2, "abs": 1, "min": 2, "max": 2}
