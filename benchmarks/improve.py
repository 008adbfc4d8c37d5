"""Does a model improve itself? Rounds of `refine.improve` with their controls, five seeds.

    python benchmarks/improve.py lmsi --seeds 5 -o improve           # a JSON line a round, in improve/lmsi.jsonl
    python benchmarks/improve.py self_rewarding --seeds 5 -o improve
    python benchmarks/improve.py ida --seeds 5 -o improve
    python benchmarks/improve.py table -o improve                    # means and intervals over the seeds, as JSON

The same call goes on where it was stopped. Bases are made from nothing, by the exercises' own `base.py`. All rounds are
run, also those before which `refine improve` would stop; where it would is recorded.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.improving import ida, lmsi, self_rewarding
from benchmarks.improving.records import Bench
from benchmarks.improving.table import table

WHAT = {
    "lmsi": (lmsi.bench, "ring_road"),
    "self_rewarding": (self_rewarding.bench, "equations"),
    "ida": (ida.bench, "equations"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=(*WHAT, "table"))
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--arms", nargs="*", help="only these")
    said = parser.parse_args()
    if said.what == "table":
        print(json.dumps(table(said.output), indent=1))
        return
    bench, family = WHAT[said.what]
    for seed in range(said.first, said.first + said.seeds):
        bench(Bench(said.output, said.what, family, seed, said.rounds, tuple(said.arms or ())))


if __name__ == "__main__":
    main()
