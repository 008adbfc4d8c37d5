"""The no-model baseline: SymPy's `rsolve` with a time limit for each item, verified by the task's own proof.

    python tasks/recurrences/baseline.py --item-s 20            # prints JSON
    python tasks/recurrences/baseline.py --item-s 20 --write    # and golden/sympy.txt

What SymPy refuses, or does not answer in time, counts as not answered.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import sympy

from refine.load import load_file

TASK = load_file(str(Path(__file__).with_name("task.py")))
MODULE: Any = sys.modules[TASK.verify.__module__]


def solve(name: str) -> list[str]:
    """SymPy's answer for one item, if it has one."""
    item = MODULE.RECURRENCES[name]
    a, n = sympy.Function("a"), sympy.Symbol("n", integer=True, nonnegative=True)
    left, right = (sympy.sympify(side, locals={"n": n, "a": a}) for side in item.says.split("="))
    found = sympy.rsolve(left - right, a(n), {a(k): sympy.sympify(value) for k, value in item.initial.items()})
    return [] if found is None else [str(found)]


def within(name: str, seconds: float) -> list[str]:
    """As `solve`, in a process of its own; nothing after `seconds` of wall-clock time."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_answer, args=(name, there))
    process.start()
    there.close()
    try:
        found: list[str] = here.recv() if here.poll(seconds) else []
    except EOFError:  # it died
        found = []
    process.kill()
    process.join()
    return found


def _answer(name: str, there: Connection) -> None:
    try:
        there.send(solve(name))
    except Exception:  # noqa: BLE001 - SymPy refuses in every kind of way, and each means: no answer
        there.send([])


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description="SymPy's rsolve on every item")
    parser.add_argument("--item-s", type=float, default=20.0, help="wall-clock seconds for each item")
    parser.add_argument("--write", action="store_true", help="write golden/sympy.txt")
    asked = parser.parse_args(argv)
    chosen, seconds = {}, {}
    for name in MODULE.RECURRENCES:
        start = time.monotonic()
        found = within(name, asked.item_s)
        seconds[name] = round(time.monotonic() - start, 1)
        chosen[name] = max(found, key=lambda text: MODULE.judged(name, text)[0], default="0")
    proved = [name for name, text in chosen.items() if MODULE.judged(name, text)[0] == 1]
    missed = [name for name in chosen if name not in proved]
    print(json.dumps({"proved": len(proved), "missed": missed, "seconds": seconds, "answers": chosen}, indent=1))  # noqa: T201
    if asked.write:
        kept = [text if name in proved else "0" for name, text in chosen.items()]
        (MODULE.GOLDEN / "sympy.txt").write_text("(\n" + "".join(f"    {text},\n" for text in kept) + ")\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
