"""Identities of circular and hyperbolic functions, exp and log, as rewritings of one place of a formula.

Source: NIST Digital Library of Mathematical Functions, chapter 4.
"""

from __future__ import annotations

from random import Random

from benchmarks.formulas import PI, UNIT, Apply, Formula, add, call, div, is_a, mul, neg, num, power, sub, symbols
from benchmarks.identities import ONE, TWO, Rule, a_symbol, in_two, inside, written_as

# ---- circular functions ----------------------------------------------------------------------------------------------


def _half(a: Formula) -> Formula:
    return div(a, TWO)


def angles_added(f: Formula, chance: Random) -> Formula | None:
    """sin(a + b), cos(a + b)."""
    args = inside(f, "sin") or inside(f, "cos")
    parts = in_two(args[0], "+", chance) if args else None
    if parts is None:
        return None
    (sin_a, sin_b), (cos_a, cos_b) = ([call(head, part) for part in parts] for head in ("sin", "cos"))
    if is_a(f, "sin"):
        return add(mul(sin_a, cos_b), mul(cos_a, sin_b))
    return sub(mul(cos_a, cos_b), mul(sin_a, sin_b))


def square_of_wave(f: Formula, chance: Random) -> Formula | None:
    """sin(a)^2 by cos(a)^2 or cos(2a), and cos(a)^2 likewise."""
    args = inside(f, "^")
    inner = (inside(args[0], "sin") or inside(args[0], "cos")) if args and args[1] == TWO else None
    if args is None or inner is None:
        return None
    sine, twice = is_a(args[0], "sin"), call("cos", mul(TWO, inner[0]))
    if chance.random() < 0.5:
        return div(sub(ONE, twice) if sine else add(ONE, twice), TWO)
    return sub(ONE, power(call("cos" if sine else "sin", inner[0]), 2))


def times_one(f: Formula, chance: Random) -> Formula | None:
    u = mul(num(chance.randint(2, 3)), a_symbol(f, chance))
    return mul(f, add(power(call("sin", u), 2), power(call("cos", u), 2)))


def _waves(a: Formula) -> tuple[Formula, Formula]:
    return call("exp", mul(UNIT, a)), call("exp", neg(mul(UNIT, a)))


TRIGONOMETRIC: list[Rule] = [
    angles_added, angles_added, square_of_wave, square_of_wave, times_one,
    written_as(
        "sin",
        lambda a: mul(TWO, call("sin", _half(a)), call("cos", _half(a))),
        lambda a: call("cos", sub(div(PI, TWO), a)),
        lambda a: div(mul(TWO, call("tan", _half(a))), add(ONE, power(call("tan", _half(a)), 2))),
        lambda a: div(sub(*_waves(a)), mul(TWO, UNIT)),
        lambda a: sub(mul(num(3), call("sin", div(a, num(3)))), mul(num(4), power(call("sin", div(a, num(3))), 3))),
    ),
    written_as(
        "cos",
        lambda a: sub(mul(TWO, power(call("cos", _half(a)), 2)), ONE),
        lambda a: call("sin", add(a, div(PI, TWO))),
        lambda a: div(sub(ONE, power(call("tan", _half(a)), 2)), add(ONE, power(call("tan", _half(a)), 2))),
        lambda a: div(add(*_waves(a)), TWO),
    ),
    written_as(
        "tan",
        lambda a: div(call("sin", a), call("cos", a)),
        lambda a: div(sub(ONE, call("cos", mul(TWO, a))), call("sin", mul(TWO, a))),
        lambda a: mul(call("sin", a), call("sec", a)),
    ),
]  # fmt: skip

# ---- exp and log of what is positive ---------------------------------------------------------------------------------


def log_taken_apart(f: Formula, chance: Random) -> Formula | None:
    args = inside(f, "log")
    if args is None or not isinstance(args[0], Apply):
        return None
    a = args[0]
    if a.head == "^":
        return mul(a.args[1], call("log", a.args[0]))
    if a.head == "/":
        return sub(call("log", a.args[0]), call("log", a.args[1]))
    parts = in_two(a, "*", chance)
    return add(call("log", parts[0]), call("log", parts[1])) if parts else None


def exp_taken_apart(f: Formula, chance: Random) -> Formula | None:
    args = inside(f, "exp")
    parts = in_two(args[0], "+", chance) if args else None
    return mul(call("exp", parts[0]), call("exp", parts[1])) if parts else None


def power_as_exp(f: Formula, chance: Random) -> Formula | None:
    del chance
    args = inside(f, "^")
    return call("exp", mul(args[1], call("log", args[0]))) if args else None


def through_exp(f: Formula, chance: Random) -> Formula | None:
    """A positive x is exp(log x)."""
    del chance
    return call("exp", call("log", f)) if symbols(f) == [getattr(f, "name", "")] else None


EXPONENTIAL: list[Rule] = [
    log_taken_apart, log_taken_apart, exp_taken_apart, exp_taken_apart, power_as_exp, through_exp,
    written_as("sinh", lambda a: div(sub(call("exp", a), call("exp", neg(a))), TWO)),
    written_as("cosh", lambda a: div(add(call("exp", a), call("exp", neg(a))), TWO)),
    written_as(
        "tanh",
        lambda a: div(call("sinh", a), call("cosh", a)),
        lambda a: div(sub(call("exp", mul(TWO, a)), ONE), add(call("exp", mul(TWO, a)), ONE)),
    ),
    written_as("exp", lambda a: power(call("exp", _half(a)), 2), lambda a: add(call("sinh", a), call("cosh", a))),
    written_as("log", lambda a: mul(TWO, call("log", call("sqrt", a))), lambda a: neg(call("log", div(ONE, a)))),
]  # fmt: skip
