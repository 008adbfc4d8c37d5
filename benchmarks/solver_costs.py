"""What a question to `refine.verifiers.symbolic` costs in CPU time, beside the same without its process, and SymPy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import psutil
import sympy
from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

from refine.verifiers import symbolic

SHORT = [  # as answers are: distinct numbers, so that no cache knows them
    ("x^2 + {i}*x", "x*(x + {i})"),
    ("{i}/4", "{i}*0.25"),
    ("sqrt({i}*4)", "2*sqrt({i})"),
    ("(x + {i})^2", "x^2 + 2*{i}*x + {i}^2"),
    ("sin(2*x) + {i}", "2*sin(x)*cos(x) + {i}"),
    ("{i}*exp(x)", "{i}*exp(2*x)/exp(x)"),
    ("{i}/(x + 1)", "{i}/(x + 2)"),
    ("x + {i}", "x + {i} + 1/10^9"),
    ("{i}*pi/6", "{i}*pi/5"),
    ("(x^2 - {i}^2)/(x - {i})", "x + {i}"),
]


NUMBERS = [("{i}", "{i}.0"), ("{i}/4", "{i}/8"), ("\\frac{{{i}}}{{3}}", "{i}/3"), ("{i} cm", "{i} m"), ("{i}%", "{i}%")]


def questions(shapes: list[tuple[str, str]], count: int, start: int) -> Iterator[tuple[str, str]]:
    for i in range(start, start + count):
        left, right = shapes[i % len(shapes)]
        yield left.format(i=i), right.format(i=i)


def per_s_core(
    work: Callable[[str, str], object], count: int, start: int, shapes: list[tuple[str, str]] = SHORT
) -> float:
    """Questions in a CPU second of this process and of all its children, after a tenth as many to warm up."""
    for left, right in questions(shapes, count // 10, start):
        work(left, right)
    before = _cpu()
    for left, right in questions(shapes, count, start + count):
        work(left, right)
    return count / (_cpu() - before)


def _cpu() -> float:
    """Seconds of this process, of all its children, and of workers that were replaced and reaped."""
    children = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    theirs = (t.user + t.system + t.children_user + t.children_system for t in children)
    return float(time.process_time() + sum(theirs))


def by_sympy(left: str, right: str) -> bool:
    """What a task would write without a checker."""
    known = {"x": sympy.Symbol("x", real=True)}
    one, other = (parse_expr(t, known, transformations=(*standard_transformations, convert_xor)) for t in (left, right))
    return bool(sympy.simplify(one - other) == 0)


def costs(count: int) -> dict[str, float]:
    from refine.verifiers.symbolic.claims import answered  # noqa: PLC0415 - the worker's own part, in this process

    over = {"x": ["real", None, None, False, False]}

    def inside(left: str, right: str) -> object:
        return answered({"claim": "equals", "statement": left, "candidate": right, "domains": over, "allow": []})

    real = symbolic.Real()
    asking = per_s_core(lambda left, right: symbolic.equals(left, right, x=real), count, 1_000)
    within = per_s_core(inside, count, 100_000)
    plain = per_s_core(by_sympy, count, 200_000)
    same = per_s_core(lambda left, right: symbolic.same_answer(right, left), count, 300_000)
    numbers = per_s_core(lambda left, right: symbolic.same_answer(right, left), 10 * count, 400_000, NUMBERS)
    return {
        "per_s_core": round(asking, 1),
        "same_answer_per_s_core": round(same, 1),
        "same_number_per_s_core": round(numbers, 1),
        "in_process_per_s_core": round(within, 1),
        "sympy_simplify_per_s_core": round(plain, 1),
        "process_overhead_ms": round(1000 / asking - 1000 / within, 3),
        "overhead_to_sympy_ms": round(1000 / asking - 1000 / plain, 3),
    }
