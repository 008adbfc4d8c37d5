"""How far `candidate.race` can be trusted: a program against itself, and against slower variants of itself.

    .venv/bin/python benchmarks/speed.py [--sandbox local] [--races 30] [--repeats 9] [--quick]

Each race compares a reference with a program that does the same and a given share of further work. What is told, for
each share: the median and spread of the measured ratio (reference seconds / candidate seconds; 1 / (1 + share) is
right, less what starting costs), how often the order came out right, how often the interval excluded 1 (for share 0
that is a false alarm; 4 % are expected of 9 repeats), and the same order by CPU seconds. Prints one JSON object last.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from pathlib import Path

from refine.sandbox.cell import Slots
from refine.sandbox.choose import choose
from refine.types import Candidate, Limits
from refine.verifiers.handle import Handle
from refine.verifiers.speed import Race

PROGRAM = """
def f(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    for i in range(n * {percent} // 100):
        total += i * i % 7
    return n
"""
SHARES = (0, 5, 10, 30)
"""Further work in percent of the reference's."""
STEPS = 500_000


def program(percent: int) -> str:
    return PROGRAM.format(percent=percent)


def races(slots: Slots, percent: int, count: int, repeats: int) -> list[Race]:
    found = []
    for _ in range(count):
        handle = Handle(Candidate(program(percent)), slots, Limits(), folder=Path())
        found.append(handle.race(program(0), "f", [(STEPS,)], repeats=repeats))
        handle._end()  # noqa: SLF001 - what the judge does after a verifier
    return found


def told(percent: int, found: list[Race]) -> dict[str, float]:
    ratios = sorted(race.ratio for race in found)
    return {
        "more_work_percent": percent,
        "right_ratio": round(100 / (100 + percent), 3),
        "ratio_median": round(statistics.median(ratios), 3),
        "ratio_least": round(ratios[0], 3),
        "ratio_most": round(ratios[-1], 3),
        "order_right": round(sum(ratio < 1 for ratio in ratios) / len(ratios), 3),
        "order_right_by_cpu": round(sum(race.cpu_ratio < 1 for race in found) / len(ratios), 3),
        "interval_excludes_1": round(sum(not race.low <= 1 <= race.high for race in found) / len(ratios), 3),
        "interval_width": round(statistics.median(race.high - race.low for race in found), 3),
        "lap_seconds": round(statistics.median(race.reference.median for race in found), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("--races", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--quick", action="store_true")
    wish = parser.parse_args()
    sandbox = choose(wish.sandbox)
    slot = sandbox.open(Limits())
    slots, started = Slots(slot.control), time.perf_counter()
    rows = []
    for percent in SHARES:
        rows.append(told(percent, races(slots, percent, 3 if wish.quick else wish.races, wish.repeats)))
        print(json.dumps(rows[-1]))
    result = {"sandbox": sandbox.describe(), "repeats": wish.repeats, "races": 3 if wish.quick else wish.races}
    result |= {"load": os.getloadavg()[0], "seconds": round(time.perf_counter() - started, 1), "rows": rows}
    slot.close()
    sandbox.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
