"""Identities as rewritings of one place of a formula; each holds wherever both sides exist on its family's domain.

Sources: NIST Digital Library of Mathematical Functions, chapters 4 (elementary), 5 (gamma) and 26 (binomials).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

import sympy

from benchmarks.formulas import (
    PI,
    UNIT,
    Apply,
    Formula,
    Name,
    Number,
    add,
    call,
    div,
    from_sympy,
    is_a,
    mul,
    neg,
    num,
    power,
    sub,
    symbols,
    to_sympy,
)

Rule = Callable[[Formula, Random], Formula | None]
ONE, TWO = num(1), num(2)


def inside(f: Formula, head: str) -> tuple[Formula, ...] | None:
    return f.args if isinstance(f, Apply) and f.head == head else None


def in_two(f: Formula, head: str, chance: Random) -> tuple[Formula, Formula] | None:
    """A sum or product in two parts."""
    args = inside(f, head)
    if args is None or len(args) < 2:
        return None
    cut = chance.randint(1, len(args) - 1)
    whole = add if head == "+" else mul
    return whole(*args[:cut]), whole(*args[cut:])


def a_symbol(f: Formula, chance: Random) -> Formula:
    found = symbols(f)
    return Name(chance.choice(found)) if found else num(chance.randint(2, 5))


def written_as(head: str, *made: Callable[[Formula], Formula]) -> Rule:
    """One of the ways to write head(a)."""

    def rule(f: Formula, chance: Random) -> Formula | None:
        args = inside(f, head)
        return chance.choice(made)(args[0]) if args else None

    rule.__name__ = f"{head}_rewritten"
    return rule


# ---- anywhere --------------------------------------------------------------------------------------------------------


def shuffled(f: Formula, chance: Random) -> Formula | None:
    if not is_a(f, "+", "*"):
        return None
    assert isinstance(f, Apply)
    return Apply(f.head, tuple(chance.sample(f.args, len(f.args))))


def distributed(f: Formula, chance: Random) -> Formula | None:
    args = inside(f, "*")
    sums = [i for i, arg in enumerate(args or ()) if is_a(arg, "+")]
    if args is None or not sums:
        return None
    i = chance.choice(sums)
    terms = args[i]
    assert isinstance(terms, Apply)
    return add(*(_times(term, [*args[:i], *args[i + 1 :]]) for term in terms.args))


def _times(term: Formula, others: list[Formula]) -> Formula:
    """A minus goes in front."""
    inner = inside(term, "-")
    return neg(mul(*inner, *others)) if inner else mul(term, *others)


def square_expanded(f: Formula, chance: Random) -> Formula | None:
    args = inside(f, "^")
    parts = in_two(args[0], "+", chance) if args and args[1] == TWO else None
    if parts is None:
        return None
    a, b = parts
    return add(power(a, 2), mul(TWO, a, b), power(b, 2))


def turned_round(f: Formula, chance: Random) -> Formula | None:
    """The same as a - b is -(b - a)."""
    parts = in_two(f, "+", chance)
    return neg(sub(neg(parts[0]), parts[1])) if parts else None


def extended(f: Formula, chance: Random) -> Formula | None:
    """Times c/c, for a c that is never 0."""
    c = add(power(a_symbol(f, chance), 2), num(chance.randint(1, 4)))
    return div(mul(f, c), c)


def there_and_back(f: Formula, chance: Random) -> Formula | None:
    u = add(a_symbol(f, chance), num(chance.randint(1, 5)))
    return add(f, sub(power(u, 2), mul(u, u)))


def by_inverse(f: Formula, chance: Random) -> Formula | None:
    del chance
    args = inside(f, "/")
    return mul(args[0], power(args[1], -1)) if args else None


def number_split(f: Formula, chance: Random) -> Formula | None:
    if not isinstance(f, Number) or f.written != "fraction" or f.value < 2:
        return None
    part = chance.randint(1, max(1, int(f.value) - 1))
    return add(num(f.value - part), num(part))


ANYWHERE: list[Rule] = [
    shuffled, shuffled, distributed, square_expanded, turned_round, extended, there_and_back, by_inverse, number_split,
]  # fmt: skip

# ---- rational functions ----------------------------------------------------------------------------------------------


def _by_sympy(function: Callable[..., object], *, one_symbol: bool = False) -> Rule:
    def rule(f: Formula, chance: Random) -> Formula | None:
        del chance
        try:
            before = to_sympy(f)
        except KeyError:
            return None
        if one_symbol and len(before.free_symbols) != 1:
            return None
        after = function(before)
        return from_sympy(after) if after != before else None

    rule.__name__ = getattr(function, "__name__", "rule")
    return rule


RATIONAL: list[Rule] = [
    _by_sympy(sympy.expand), _by_sympy(sympy.factor), _by_sympy(sympy.together), _by_sympy(sympy.cancel),
    _by_sympy(sympy.apart, one_symbol=True),
]  # fmt: skip

# ---- roots of what is positive ---------------------------------------------------------------------------------------


def root_taken_apart(f: Formula, chance: Random) -> Formula | None:
    args = inside(f, "sqrt")
    if args is None or not isinstance(args[0], Apply):
        return None
    a = args[0]
    if a.head == "/":
        return div(call("sqrt", a.args[0]), call("sqrt", a.args[1]))
    if a.head == "^":
        return power(call("sqrt", a.args[0]), a.args[1])
    parts = in_two(a, "*", chance)
    return mul(call("sqrt", parts[0]), call("sqrt", parts[1])) if parts else None


def rationalised(f: Formula, chance: Random) -> Formula | None:
    """1/(a + b) is (a - b)/(a^2 - b^2)."""
    args = inside(f, "/")
    parts = in_two(args[1], "+", chance) if args else None
    if args is None or parts is None:
        return None
    a, b = parts
    return div(mul(args[0], sub(a, b)), sub(power(a, 2), power(b, 2)))


def root_squared(f: Formula, chance: Random) -> Formula | None:
    """sqrt(a)^2 is a."""
    del chance
    args = inside(f, "^")
    inner = inside(args[0], "sqrt") if args else None
    return inner[0] if inner and args and args[1] == TWO else None


RADICAL: list[Rule] = [
    root_taken_apart, root_taken_apart, rationalised, rationalised, root_squared,
    written_as("sqrt", lambda a: power(a, Fraction(1, 2)), lambda a: div(a, call("sqrt", a)),
        lambda a: power(power(a, Fraction(1, 4)), 2), lambda a: div(call("sqrt", mul(num(4), a)), TWO)),
]  # fmt: skip

# ---- factorials and binomials of integers from 1 ---------------------------------------------------------------------


def pascal(f: Formula, chance: Random) -> Formula | None:
    args = inside(f, "binomial")
    if args is None or not isinstance(args[1], Number) or args[1].value < 1:
        return None
    above, k = sub(args[0], ONE), args[1]
    if chance.random() < 0.5:
        return add(call("binomial", above, k), call("binomial", above, num(k.value - 1)))
    falling = [sub(args[0], num(i)) if i else args[0] for i in range(int(k.value))]
    return div(mul(*falling), call("factorial", k))


def middle(f: Formula, chance: Random) -> Formula | None:
    """binomial(2n, n)."""
    del chance
    args = inside(f, "binomial")
    if args is None or args[0] != mul(TWO, args[1]):
        return None
    return div(call("factorial", args[0]), power(call("factorial", args[1]), 2))


def power_taken_apart(f: Formula, chance: Random) -> Formula | None:
    args = inside(f, "^")
    parts = in_two(args[1], "+", chance) if args else None
    return mul(power(args[0], parts[0]), power(args[0], parts[1])) if args and parts else None


DISCRETE: list[Rule] = [
    pascal, pascal, middle, middle, power_taken_apart, power_taken_apart,
    written_as(
        "factorial",
        lambda a: mul(a, call("factorial", sub(a, ONE))),
        lambda a: div(call("factorial", add(a, ONE)), add(a, ONE)),
        lambda a: call("gamma", add(a, ONE)),
    ),
]  # fmt: skip

# ---- plain numbers ---------------------------------------------------------------------------------------------------


def _ends(value: Fraction) -> bool:
    return (value * 10**6).denominator == 1


def rewritten_number(f: Formula, chance: Random) -> Formula | None:
    """A number in another notation, or by a function of numbers."""
    if not isinstance(f, Number) or f.written != "fraction" or not f.value:
        return None
    v = f.value
    ways: list[Formula] = [
        call("sqrt", num(v**2)), sub(num(v + 1), ONE), div(num(v * 6), num(6)), power(num(1 / v), -1),
        call("logb", TWO, power(TWO, v)), call("exp", call("log", f)), mul(num(2 * v), call("sin", div(PI, num(6)))),
        call("abs", num(-v)), mul(f, call("tan", div(PI, num(4)))), neg(mul(f, power(UNIT, 2))),
    ]  # fmt: skip
    if _ends(v):
        ways += [num(v, "decimal") if v.denominator > 1 else num(v, "scientific"), num(v, "scientific")] * 3
    return chance.choice(ways)


def root_of_number(f: Formula, chance: Random) -> Formula | None:
    args = inside(f, "sqrt")
    if not args or not isinstance(args[0], Number):
        return None
    k = chance.randint(2, 6)
    return div(call("sqrt", num(args[0].value * k * k)), num(k))


NUMERIC: list[Rule] = [
    rewritten_number,
    rewritten_number,
    rewritten_number,
    root_of_number,
    root_of_number,
    rationalised,
]
