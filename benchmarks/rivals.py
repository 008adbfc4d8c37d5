"""What others say of the same two texts; run by `solvers.py` with the Python of an environment that has them.

    PYTHON benchmarks/rivals.py math_verify|sympy < questions > answers

One JSON object a line: {"left", "right", "over", "digits"} in; {"said": true, false or null, "why", "seconds"} out,
where null is no answer: a text that was not read, an error, or the deadline. Imports nothing of refine.
"""

from __future__ import annotations

import importlib
import json
import logging
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

DEADLINE_S = 10.0
Question = dict[str, Any]
Said = tuple[bool | None, str]


def math_verify() -> Callable[[Question], Said]:
    """As its README shows it; texts in $...$, its own sign for a formula, and 6 digits, its default."""
    module: Any = importlib.import_module("math_verify")

    def said(question: Question) -> Said:
        gold, answer = (module.parse(_signed(question[side])) for side in ("left", "right"))
        if not gold or not answer:
            return None, "not read"
        rounding = question.get("digits") or 6
        return bool(module.verify(gold, answer, float_rounding=rounding, allow_set_relation_comp=True)), ""

    return said


def _signed(text: str) -> str:
    return text if "$" in text else f"${text}$"


def plain_sympy() -> Callable[[Question], Said]:
    """`simplify(a - b) == 0`, the texts read by SymPy's own parsers, symbols with the assumptions that are true."""
    sympy: Any = importlib.import_module("sympy")
    latex: Any = importlib.import_module("sympy.parsing.latex")
    infix: Any = importlib.import_module("sympy.parsing.sympy_parser")
    extra = (infix.implicit_multiplication, infix.convert_xor)
    assumed = {
        "real": {"real": True},
        "positive": {"positive": True},
        "natural": {"integer": True, "positive": True},
    }

    def read(text: str, over: dict[str, str]) -> Any:  # noqa: ANN401
        known = {name: sympy.Symbol(name, **assumed[domain]) for name, domain in over.items()}
        known |= {"e": sympy.E, "i": sympy.I, "pi": sympy.pi}
        if "\\" not in text and "{" not in text:
            return infix.parse_expr(text, local_dict=known, transformations=infix.standard_transformations + extra)
        found = latex.parse_latex(text).replace(sympy.Function("Gamma"), sympy.gamma)
        return found.subs({symbol: known[symbol.name] for symbol in found.free_symbols if symbol.name in known}).doit()

    def said(question: Question) -> Said:
        left, right = (read(question[side], question["over"]) for side in ("left", "right"))
        return bool(sympy.simplify(left - right) == 0), ""

    return said


def within(seconds: float, work: Callable[[Question], Said], question: Question) -> Said:
    """None for an error or for no answer in time."""

    def late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return work(question)
    except TimeoutError:
        return None, f"no answer within {seconds:g} s"
    except Exception as error:  # noqa: BLE001 - whatever it raises, it gave no answer
        return None, f"{type(error).__name__}: {str(error).strip()[:100]}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    logging.disable(logging.CRITICAL)
    work = {"math_verify": math_verify, "sympy": plain_sympy}[sys.argv[1]]()
    for line in sys.stdin:
        began = time.process_time()
        said, why = within(DEADLINE_S, work, json.loads(line))
        print(json.dumps({"said": said, "why": why, "seconds": time.process_time() - began}), flush=True)


if __name__ == "__main__":
    main()
