"""Formulas of six kinds, drawn at random: what each kind looks like, what rewrites it, what its symbols range over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Literal

from benchmarks.analytic_identities import EXPONENTIAL, TRIGONOMETRIC
from benchmarks.formulas import PI, Formula, Name, add, call, div, mul, neg, num, power, sub
from benchmarks.identities import DISCRETE, NUMERIC, RADICAL, RATIONAL, Rule

Over = Literal["real", "positive", "natural"]


@dataclass(frozen=True, slots=True)
class Family:
    """Formulas of one kind: how one is drawn, what rewrites it, and what its symbols range over."""

    drawn: Callable[[Random], Formula]
    rules: list[Rule]
    over: Over


X, Y, N = Name("x"), Name("y"), Name("n")


def _coefficient(chance: Random, most: int = 7) -> Formula:
    size = chance.randint(2, most)
    return num(size if chance.random() < 0.7 else Fraction(size, chance.randint(2, 5)))


def _signed(chance: Random, first: Formula, *terms: Formula) -> Formula:
    return add(first, *(term if chance.random() < 0.5 else neg(term) for term in terms))


def _joined(chance: Random) -> Callable[[Formula, Formula], Formula]:
    ways: list[Callable[[Formula, Formula], Formula]] = [add, sub, mul]
    return chance.choice(ways)


def _polynomial(chance: Random) -> Formula:
    terms = [mul(num(chance.randint(2, 6)), power(X, k)) for k in (3, 2) if chance.random() < 0.5]
    other = mul(num(chance.randint(2, 5)), chance.choice([X, X, Y]))
    return _signed(chance, *terms, other, num(chance.randint(1, 7)))


def rational(chance: Random) -> Formula:
    top, bottom = _polynomial(chance), _polynomial(chance)
    ways: list[Callable[[], Formula]] = [
        lambda: div(top, bottom),
        lambda: mul(top, bottom),
        lambda: add(div(num(chance.randint(1, 5)), add(X, num(chance.randint(1, 5)))), div(top, bottom)),
        lambda: power(top, chance.randint(2, 3)),
        lambda: sub(power(top, 2), mul(_coefficient(chance), bottom)),
    ]
    return chance.choice(ways)()


def trigonometric(chance: Random) -> Formula:
    a, b = mul(num(chance.randint(2, 4)), X), add(X, chance.choice([Y, num(1), div(PI, num(chance.randint(3, 5)))]))
    one, other = (call(chance.choice(["sin", "cos", "cos", "sin", "tan"]), chance.choice([X, a, b])) for _ in "12")
    return _joined(chance)(
        mul(_coefficient(chance), power(one, 2) if chance.random() < 0.5 else one),
        other if chance.random() < 0.6 else mul(_coefficient(chance), power(other, 2)),
    )


def exponential(chance: Random) -> Formula:
    inner = chance.choice([mul(X, Y), power(X, chance.randint(2, 4)), div(X, Y), mul(num(chance.randint(2, 6)), X)])
    linear = add(mul(num(chance.randint(2, 4)), X), chance.choice([Y, num(chance.randint(1, 3))]))
    parts = [
        call("log", inner),
        call("exp", linear),
        call(chance.choice(["sinh", "cosh", "tanh"]), chance.choice([X, linear])),
        power(num(chance.randint(2, 5)), add(X, num(chance.randint(1, 3)))),
    ]
    one, other = chance.sample(parts, 2)
    return _joined(chance)(mul(_coefficient(chance), one), other)


def radical(chance: Random) -> Formula:
    inner = chance.choice([mul(X, Y), mul(num(chance.randint(2, 8)), X), power(X, 3), div(X, Y), add(X, num(2))])
    k = num(chance.randint(1, 5))
    parts = [
        call("sqrt", inner),
        div(k, add(call("sqrt", X), num(chance.randint(2, 5)))),
        power(add(call("sqrt", inner), k), 2),
        div(X, add(call("sqrt", X), call("sqrt", num(chance.choice([2, 3, 5]))))),
    ]
    one, other = chance.sample(parts, 2)
    return _joined(chance)(mul(_coefficient(chance), one), other)


def discrete(chance: Random) -> Formula:
    k = chance.randint(1, 3)
    parts = [
        call("binomial", add(N, num(k)), num(chance.randint(1, 3))),
        call("binomial", mul(num(2), N), N),
        div(call("factorial", add(N, num(k))), call("factorial", N)),
        mul(N, call("factorial", N)),
        power(num(chance.randint(2, 4)), add(N, num(k))),
        power(add(N, num(k)), 2),
    ]
    one, other = chance.sample(parts, 2)
    return _joined(chance)(mul(num(chance.randint(2, 5)), one), other)


def numeric(chance: Random) -> Formula:
    parts = [
        _coefficient(chance, 40),
        num(Fraction(chance.randint(1, 99), 8)),
        mul(num(chance.randint(2, 9)), call("sqrt", num(chance.choice([2, 3, 5, 6, 7])))),
        mul(_coefficient(chance), PI),
        div(num(chance.randint(1, 9)), add(call("sqrt", num(chance.choice([2, 3, 5]))), num(chance.randint(2, 4)))),
        power(num(chance.randint(2, 5)), chance.randint(2, 6)),
    ]
    return _joined(chance)(*chance.sample(parts, 2)) if chance.random() < 0.8 else chance.choice(parts)


FAMILIES = {
    "rational functions": Family(rational, RATIONAL, "real"),
    "trigonometric": Family(trigonometric, TRIGONOMETRIC, "real"),
    "exp and log": Family(exponential, EXPONENTIAL, "positive"),
    "radicals": Family(radical, RADICAL, "positive"),
    "factorials, binomials": Family(discrete, DISCRETE, "natural"),
    "numbers": Family(numeric, NUMERIC, "real"),
}
