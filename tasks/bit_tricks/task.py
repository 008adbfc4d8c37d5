"""Ten functions of 32-bit words without branches, loops and tables, each proved for all inputs by Z3, or refuted."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import refine
from refine.verifiers import smt
from refine.verifiers.answers import Answer, Proved
from refine.verifiers.exact import Bounds
from refine.verifiers.smt.syntax import parsed

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

Term = Any
"""A Z3 term; the package has no types."""

BITS = 32
ALLOW = frozenset({"compare"})
PER_OPERATION = 0.001
"""What an operation takes from the point of a proved function: a tie-break, at most OPERATIONS of them."""
OPERATIONS = 100
SECONDS = 8.0
SAMPLES = (0, 1, 2, 3, 5, 12, 100, 170, 255, 4096, 65535, 123456789, 2**31 - 1, 2**31, 2**31 + 1, 2**32 - 2, 2**32 - 1)
GOLDEN = Path(__file__).parent / "golden"


# ── what the functions must be, in Z3's terms ────────────────────────────────────────────────────────────────────────


def average(x: Term, y: Term) -> Term:
    z3 = smt.z3()
    return z3.Extract(BITS - 1, 0, z3.LShR(z3.ZeroExt(1, x) + z3.ZeroExt(1, y), 1))


def power_up(x: Term) -> Term:
    z3 = smt.z3()
    found = word(x, 2 ** (x.size() - 1))
    for k in reversed(range(x.size() - 1)):
        found = z3.If(z3.ULE(x, word(x, 2**k)), word(x, 2**k), found)
    return found


def ones(x: Term) -> Term:
    return sum(bits(x), word(x, 0))


def parity(x: Term) -> Term:
    found = word(x, 0)
    for bit in bits(x):
        found = found ^ bit
    return found


def sign(x: Term) -> Term:
    z3 = smt.z3()
    return z3.If(x > 0, word(x, 1), z3.If(x < 0, word(x, -1), word(x, 0)))


def lowest(x: Term) -> Term:
    z3 = smt.z3()
    found = word(x, 0)
    for k in reversed(range(x.size())):
        found = z3.If(z3.Extract(k, k, x) == 1, word(x, 2**k), found)
    return found


def reversed_byte(x: Term) -> Term:
    return sum((bit << 7 - k for k, bit in enumerate(bits(x)[:8])), word(x, 0))


def absolute(x: Term) -> Term:
    return smt.z3().If(x < 0, -x, x)


def smaller(x: Term, y: Term) -> Term:
    return smt.z3().If(x < y, x, y)


def next_alike(x: Term) -> Term:
    """The lowest block of ones moves its highest up by a place; the others fall to the bottom (HAKMEM, item 175)."""
    z3 = smt.z3()
    found = word(x, 0)
    for k in reversed(range(x.size())):
        carried = x + word(x, 2**k)
        found = z3.If(z3.Extract(k, k, x) == 1, carried | z3.LShR(x ^ carried, k + 2), found)
    return found


def word(x: Term, value: int) -> Term:
    return smt.z3().BitVecVal(value, x.size())


def bits(x: Term) -> list[Term]:
    """The bits of x, the lowest first, each as a word."""
    z3 = smt.z3()
    return [z3.ZeroExt(x.size() - 1, z3.Extract(k, k, x)) for k in range(x.size())]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One function: what it must be in words and in Z3's terms, and for which inputs."""

    says: str
    of: Callable[..., Term]
    given: str = "True"
    signed: bool = False
    inputs: tuple[str, ...] = ("x",)

    @property
    def sorts(self) -> dict[str, smt.Sort]:
        return dict.fromkeys(self.inputs, smt.BitVec(BITS, signed=self.signed))


FUNCTIONS = {
    "average": Wanted("(x + y) / 2 rounded down, the sum not wrapped around", average, inputs=("x", "y")),
    "power of two": Wanted("the smallest power of two >= x, for 1 <= x <= 2**31", power_up, "0 < x <= 2147483648"),
    "popcount": Wanted("the number of ones in x", ones),
    "parity": Wanted("1 if the number of ones in x is odd, else 0", parity),
    "sign": Wanted("signed: 1, 0 or -1 as x is positive, zero or negative", sign, signed=True),
    "lowest bit": Wanted("the lowest one of x alone, 0 for x = 0", lowest),
    "reversed byte": Wanted("the eight bits of x in reverse order, for x < 256", reversed_byte, "x < 256"),
    "absolute value": Wanted("signed: -x if x is negative, else x (wrapping for -2**31)", absolute, signed=True),
    "minimum": Wanted("signed: the smaller of x and y", smaller, signed=True, inputs=("x", "y")),
    "next alike": Wanted(
        "the next larger number with as many ones as x, for x that has one in 32 bits", next_alike, "x + (x & -x) > x"
    ),
}

_LIST = "\n".join(f"    {i}. {wanted.says}" for i, wanted in enumerate(FUNCTIONS.values(), 1))
task = refine.Task(
    instruction=f"""
    Write ten functions of {BITS}-bit words as formulas, without branches, loops and tables:

{_LIST}

    Answer with one Python expression: a tuple of ten formulas in x (and y, where it is named), in this order.
    Allowed are + - * (modulo 2**{BITS}), // % (rounded down; a division by zero is refused), & | ^ ~, << >> (a count of
    {BITS} or more shifts all out), comparisons, which are the numbers 1 or 0, x ** 2 and the like, brackets, and
    integers below 2**{BITS}. Words are unsigned, and signed where that is said: there `>>` copies the sign, comparisons
    and // and % are signed. Not allowed: calls, `a if b else c`, and, or, subscripts.

    Z3 proves each formula for all inputs, or finds an input where it is wrong. A proved function scores 1, less
    {PER_OPERATION} for each operation (equal sub-formulas count once); one that is not, less than 0.4 by samples.
    """,
    seed="(x + y, x, x, x & 1, x, x & 1, x, x, x, x + 1)",
    metric="functions proved",
    language="expression",
    target=9.9,
    judge_seconds=180,
    references=[
        refine.Reference(name="all proved", value=len(FUNCTIONS), metric="proved", source="the number of functions")
    ],
    baselines={"textbook formulas, no model": (GOLDEN / "textbook.txt").read_text()},
    grammar=refine.Grammar(
        terminals=(
            *("x", "y", "x & y", "x ^ y", "x | y", "x >> 1", "x >> 31", "-x", "~x", "x - 1", "x + 1", "x < y", "x > 0"),
            *("x << 1", "x % 2", "x // 2", "x & -x", "x < 0"),
        ),
        constants=(1, 2, 4, 8, 16, 31, 0x55555555, 0x33333333, 0x0F0F0F0F, 0x01010101, 24),
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    formulas = components(candidate.text)
    found = {name: judged(name, formula) for name, formula in zip(FUNCTIONS, formulas, strict=True)}
    proved = [name for name, (_, answer) in found.items() if isinstance(answer, Proved)]
    used = operations(formulas)
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sum(credit for credit, _ in found.values()),
        metrics={"proved": float(len(proved)), "operations": float(used)},
        features={"operations": float(used), "proved": float(len(proved))},
        instances={name: credit for name, (credit, _) in found.items()},
        feedback="\n".join(f"{name}: {answer.feedback()}" for name, (_, answer) in found.items()),
    )


def components(text: str) -> list[str]:
    """The ten formulas, each as text. Raises `Wrong`."""
    body = parsed(text, Bounds(characters=4000, nodes=1000, depth=60))
    count = len(FUNCTIONS)
    match body:
        case [ast.Expr(value=ast.Tuple(elts=elements))]:
            refine.require(len(elements) == count, f"{len(elements)} formulas, expected a tuple of {count}")
            return [ast.unparse(element) for element in elements]
    raise refine.Wrong(f"expected one expression: a tuple of {count} formulas")


@lru_cache(maxsize=20_000)
def judged(name: str, formula: str) -> tuple[float, Answer]:
    """Credit (above 0.9 only if proved, else below 0.4) and the answer. Raises `Wrong` with the function's name."""
    wanted = FUNCTIONS[name]
    try:
        answer = smt.equivalent(
            formula, wanted.of, wanted.sorts, given=wanted.given, seconds=SECONDS, allow=ALLOW, bounds=Bounds(nodes=800)
        )
    except refine.Wrong as refused:
        raise refine.Wrong(f"{name}: {refused}") from None
    if isinstance(answer, Proved):
        return 1.0 - PER_OPERATION * min(operations([formula]), OPERATIONS), answer
    return 0.4 * nearness(name, formula), answer


def operations(formulas: list[str]) -> int:
    """Operators in all formulas together, equal sub-formulas of one counted once."""
    kinds = (ast.BinOp, ast.UnaryOp, ast.Compare)
    trees = [ast.walk(ast.parse(formula, mode="eval")) for formula in formulas]
    return sum(len({ast.dump(node) for node in tree if isinstance(node, kinds)}) for tree in trees)


def nearness(name: str, formula: str) -> float:
    """From 0 to below 1: how often and how nearly the formula is right on sample inputs."""
    wanted = FUNCTIONS[name]
    sort = smt.BitVec(BITS, signed=wanted.signed)
    reading = smt.read(formula, _variables(name), sort, allow=ALLOW, bounds=Bounds(nodes=800))
    if smt.z3().is_bool(reading.term):
        return 0.0
    right = same = 0
    samples = expected(name)
    for at, value in samples:
        got = concrete(name, reading.term, at)
        right += got == value
        same += BITS - (got ^ value).bit_count()
    return 0.99 * (0.7 * right / len(samples) + 0.3 * same / (BITS * len(samples)))


@lru_cache
def expected(name: str) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Sample inputs that the function is defined for, and its values there."""
    wanted, names = FUNCTIONS[name], _variables(name)
    sort = smt.BitVec(BITS, signed=wanted.signed)
    given = smt.read(wanted.given, names, sort).term
    value = wanted.of(*names.values())
    points = [(x, SAMPLES[(3 * k + 7) % len(SAMPLES)])[: len(names)] for k, x in enumerate(SAMPLES)]
    return tuple((at, concrete(name, value, at)) for at in points if concrete(name, given, at))


def concrete(name: str, term: Term, at: tuple[int, ...]) -> int:
    """The value of a term at an input, as an unsigned number; of a condition 1 or 0."""
    z3 = smt.z3()
    to = [(v, z3.BitVecVal(x, BITS)) for v, x in zip(_variables(name).values(), at, strict=True)]
    value = z3.simplify(z3.substitute(term, *to))
    return int(z3.is_true(value)) if z3.is_bool(value) else int(value.as_long())


@lru_cache
def _variables(name: str) -> dict[str, Term]:
    return {variable: smt.z3().BitVec(variable, BITS) for variable in FUNCTIONS[name].inputs}
