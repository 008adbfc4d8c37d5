"""Matrix multiplication in few multiplications: a rank decomposition, proved by exact equality of tensors.

The product C = A B of an n x m and an m x p matrix is bilinear, so it is a tensor T with T[ik, kj, ij] = 1 and 0
elsewhere. Factors U, V, W of R rows multiply matrices with R multiplications if and only if the sum over r of
U[r, x] V[r, y] W[r, z] is T[x, y, z] for all x, y, z. That is decided over the Gaussian rationals, in integers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import refine
from refine.verifiers.exact import number

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

Size = tuple[int, int, int]
Whole = NDArray[np.object_]
"""Python integers, which do not overflow."""

SIZES: tuple[Size, ...] = ((2, 2, 2), (3, 3, 3), (4, 4, 4))
DIGITS = 30
GOLDEN = Path(__file__).parent / "golden"
_FRACTION = re.compile(rf"-?[0-9]{{1,{DIGITS}}}(/[0-9]{{1,{DIGITS}}})?")

task = refine.Task(
    instruction=f"""
    Multiply matrices with few multiplications. Write a Python function `factors(n, m, p)` that returns (U, V, W) for
    the product C = A B, where A is n x m, B is m x p and C is n x p: three lists of R rows each. A row of U has n*m
    coefficients, one for each entry of A (row by row: a[i][k] is number i*m + k), a row of V has m*p for B and a row
    of W has n*p for C. They mean R multiplications

        M_r = (sum of U[r][x] * a_x) * (sum of V[r][y] * b_y)        c_z = sum over r of W[r][z] * M_r

    Coefficients are integers, fractions as text such as "-1/2", or complex numbers as pairs [re, im] of those. The
    check is exact, for every entry of the tensor: nearly right is wrong.

    The score is R summed over <2,2,2>, <3,3,3> and <4,4,4>: as small as possible. The school method, which is the
    start, takes 8 + 27 + 64 = 99; the best known are 7, 23 and 48 (49 with integers, by Strassen's method twice).
    All must be right for any to count. At most n*m*p rows; at most {DIGITS} digits in a number.
    """,
    direction="minimize",
    metric="multiplications, three sizes together",
    target=78,
    limits=refine.Limits(seconds=60),
    judge_seconds=120,
    references=[
        refine.Reference(name="Strassen (optimal)", value=7, metric="rank_2x2x2", source="Numer. Math. 13 (1969)"),
        refine.Reference(name="Laderman", value=23, metric="rank_3x3x3", source="Bull. AMS 82 (1976)"),
        refine.Reference(name="Strassen twice", value=49, metric="rank_4x4x4", source="Numer. Math. 13 (1969)"),
        refine.Reference(
            name="AlphaEvolve, complex", value=48, metric="rank_4x4x4", source="Novikov et al. 2025, section 3.1"
        ),
        refine.Reference(
            name="Dumas, Pernet, Sedoglavic, rational", value=48, metric="rank_4x4x4", source="arXiv:2506.13242"
        ),
    ],
    baselines={"Strassen by recursion, no model": (GOLDEN / "strassen.py").read_text()},
    grammar=refine.Grammar(terminals=("n", "m", "p", "n * m", "m * p", "n * p"), constants=(-1.0, 0.0, 1.0)),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    answers = candidate.map("factors", [list(size) for size in SIZES])
    ranks = {named(size): float(rank(answer, size)) for size, answer in zip(SIZES, answers, strict=True)}
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sum(ranks.values()),
        metrics={f"rank_{name}": value for name, value in ranks.items()},
        features=ranks,
        instances=ranks,
        feedback="All products are exact. Multiplications: "
        + ", ".join(f"<{n},{m},{p}> {ranks[named((n, m, p))]:g} (school: {n * m * p})" for n, m, p in SIZES),
    )


def named(size: Size) -> str:
    return "x".join(map(str, size))


def rank(answer: object, size: Size) -> int:
    """The number of multiplications, once they are proved to multiply matrices of that size. Raises `Wrong`."""
    n, m, p = size
    what = f"factors({n}, {m}, {p})"
    refine.require(isinstance(answer, list | tuple) and len(answer) == 3, f"{what} must return three lists: U, V, W")
    assert isinstance(answer, list | tuple)
    widths = {"U": n * m, "V": m * p, "W": n * p}
    tables = [
        table(part, width, f"{what}, {name}", n * m * p)
        for part, (name, width) in zip(answer, widths.items(), strict=True)
    ]
    lengths = [len(t.real) for t in tables]
    refine.require(len(set(lengths)) == 1, f"{what}: U, V and W have {lengths} rows; they need equally many")
    check(tables, size, what)
    return lengths[0]


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Table:
    """Gaussian rationals (real + i imaginary) / scale, all in integers; both of shape (rows, width)."""

    real: Whole
    imaginary: Whole
    scale: int


def table(value: object, width: int, what: str, most: int) -> Table:
    """Reads rows of coefficients. Raises `Wrong` where they have another shape or are no numbers."""
    rows = value.tolist() if isinstance(value, np.ndarray) else value
    refine.require(isinstance(rows, list | tuple), f"{what} is no list of rows")
    assert isinstance(rows, list | tuple)
    refine.require(1 <= len(rows) <= most, f"{what} has {len(rows)} rows: 1 to {most} are allowed")
    read = [row(entries, width, f"{what}[{r}]") for r, entries in enumerate(rows)]
    scale = lcm(*(part.denominator for entries in read for pair in entries for part in pair))
    whole = np.array([[[int(part * scale) for part in pair] for pair in entries] for entries in read], dtype=object)
    return Table(whole[:, :, 0], whole[:, :, 1], scale)


def row(value: object, width: int, what: str) -> list[tuple[Fraction, Fraction]]:
    entries = value.tolist() if isinstance(value, np.ndarray) else value
    refine.require(isinstance(entries, list | tuple), f"{what} is no list of {width} coefficients")
    assert isinstance(entries, list | tuple)
    refine.require(len(entries) == width, f"{what} has {len(entries)} coefficients, not {width}")
    return [gaussian(entry, f"{what}[{x}]") for x, entry in enumerate(entries)]


def gaussian(value: object, what: str) -> tuple[Fraction, Fraction]:
    """The real and imaginary part of a coefficient: a rational, or a pair of them."""
    if isinstance(value, list | tuple):
        refine.require(len(value) == 2, f"{what} has {len(value)} parts: a complex number is a pair [re, im]")
        return rational(value[0], f"{what}, real part"), rational(value[1], f"{what}, imaginary part")
    return rational(value, what), Fraction()


def rational(value: object, what: str) -> Fraction:
    """An integer, a fraction as text, or a float, which is a rational number too."""
    if isinstance(value, str):
        refine.require(_FRACTION.fullmatch(value), f'{what}: write a fraction as "-3/4", of at most {DIGITS} digits')
        over = value.partition("/")[2]
        refine.require(not over or int(over), f"{what} divides by zero")
        return Fraction(value)
    found = number(value, what)
    refine.require(max(abs(found.numerator), found.denominator) < 10**DIGITS, f"{what} has more than {DIGITS} digits")
    return found


# ── the equations ────────────────────────────────────────────────────────────────────────────────────────────────────


def check(tables: Sequence[Table], size: Size, what: str) -> None:
    """Exact equality of the tensor that the factors make with that of matrix multiplication. Raises `Wrong`."""
    u, v, w = tables
    real, imaginary = product(product((u.real, u.imaginary), (v.real, v.imaginary)), (w.real, w.imaginary), last=True)
    scale = u.scale * v.scale * w.scale
    wanted = multiplication(size) * scale
    off = np.argwhere((real != wanted) | (imaginary != 0))
    if not len(off):
        return
    x, y, z = map(int, off[0])
    gap = shown(Fraction(real[x, y, z] - wanted[x, y, z], scale), Fraction(imaginary[x, y, z], scale))
    raise refine.Wrong(
        f"{what} does not multiply matrices: {len(off)} of {real.size} equations fail. First: the coefficient of "
        f"{term(x, y, z, size)} must be {wanted[x, y, z] // scale} and is off by {gap}"
    )


def product(a: tuple[Whole, Whole], b: tuple[Whole, Whole], *, last: bool = False) -> tuple[Whole, Whole]:
    """Row by row the outer product of two complex tables; the `last` one also sums over the rows."""
    over = _summed if last else _outer
    (re, im), (other_re, other_im) = a, b
    real = over(re, other_re) - over(im, other_im)
    imaginary = over(re, other_im) + over(im, other_re)
    return real, imaginary


def _outer(a: Whole, b: Whole) -> Whole:
    made: Whole = a[:, :, None] * b[:, None, :]
    return made


def _summed(a: Whole, b: Whole) -> Whole:
    made: Whole = np.tensordot(a, b, axes=(0, 0))
    return made


def multiplication(size: Size) -> Whole:
    """The tensor of <n, m, p>, of shape (n m, m p, n p): a[i][k] b[k][j] stands in c[i][j], once."""
    n, m, p = size
    tensor = np.zeros((n * m, m * p, n * p), dtype=object)
    i, k, j = (index.ravel() for index in np.indices(size))
    tensor[i * m + k, k * p + j, i * p + j] = 1
    return tensor


def term(x: int, y: int, z: int, size: Size) -> str:
    _, m, p = size
    return f"a[{x // m}][{x % m}]*b[{y // p}][{y % p}] in c[{z // p}][{z % p}]"


def shown(real: Fraction, imaginary: Fraction) -> str:
    """For a message: short, and never a long integer."""
    return _brief(real) if not imaginary else f"{_brief(real)} + {_brief(imaginary)} i"


def _brief(value: Any) -> str:  # noqa: ANN401 - a Fraction, which formats as no float does
    text = str(value)
    return text if len(text) <= 24 else f"about {float(value):.6g}"
