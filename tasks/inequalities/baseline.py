"""The no-model baseline: the best polynomial of each degree on a grid by linear programming, then a margin.

    python tasks/inequalities/baseline.py            # prints the smallest areas, and what is proved with which margin
    python tasks/inequalities/baseline.py --write    # and golden/linear_program.txt

On a grid fewer conditions hold than on the domain, so the area that the program finds is a lower bound of every area
that can be proved. The margin is four times the first of 1e-7, 2e-7, 4e-7, ... with which the prover decides: the
prover has a limit of time, and a slower machine should decide too.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from refine.load import load_file
from refine.verifiers.answers import Proved

POINTS = 4001
PLACES = 9


def optimum(item: Any) -> tuple[float, list[float]]:  # noqa: ANN401 - a Bound, of a module that is loaded by its path
    """The smallest area between the function and a polynomial on a grid of Chebyshev points, and that polynomial."""
    from scipy.optimize import linprog  # noqa: PLC0415 - heavy, and tests import this file

    low, high = float(item.low), float(item.high)
    x = (low + high) / 2 - (high - low) / 2 * np.cos(np.pi * np.arange(POINTS) / (POINTS - 1))
    powers = np.vander(x, item.degree + 1, increasing=True)
    values = np.array([item.value(float(v)) for v in x])
    weights = np.array([(high ** (k + 1) - low ** (k + 1)) / (k + 1) for k in range(item.degree + 1)])
    free = [(None, None)] * (item.degree + 1)
    sign = item.sign
    solved = linprog(sign * weights, A_ub=-sign * powers, b_ub=-sign * values, bounds=free, method="highs")
    return float(sign * (weights @ solved.x - item.area)), [float(c) for c in solved.x]


def proved(module: Any, item: Any) -> tuple[float, str]:  # noqa: ANN401
    """A margin with which the prover decides with ease, and the bound as text."""
    start = optimum(item)[1] if isinstance(item, module.Bound) else [item.sharp]
    sign = item.sign if isinstance(item, module.Bound) else {"smallest": 1, "largest": -1}[item.wanted]
    margin = 1e-7
    while not isinstance(module.decided(item, shifted(start, sign * margin)), Proved):
        margin *= 2
    p = shifted(start, sign * 4 * margin)
    return 4 * margin, " + ".join(f"({float(c)})*x**{k}" if k else f"{float(c)}" for k, c in enumerate(p))


def shifted(coefficients: list[float], by: float) -> tuple[Fraction, ...]:
    """The polynomial with its constant moved, rounded to PLACES decimals."""
    moved = [coefficients[0] + by, *coefficients[1:]]
    return tuple(Fraction(round(c * 10**PLACES), 10**PLACES) for c in moved)


def main(write: bool) -> None:  # noqa: FBT001 - the only option
    here = Path(__file__).parent
    module = sys.modules[load_file(str(here / "task.py")).verify.__module__]
    texts = []
    for name, item in module.ITEMS.items():
        smallest = optimum(item)[0] if isinstance(item, module.Bound) else math.nan
        margin, text = proved(module, item)
        texts.append(text)
        sys.stdout.write(f"{name}: smallest area {smallest:.8g}, margin {margin:.1e}\n")
    if write:
        (here / "golden" / "linear_program.txt").write_text("(\n    " + ",\n    ".join(texts) + ",\n)\n")


if __name__ == "__main__":
    main("--write" in sys.argv)
