"""Does a model improve itself? Rounds of `refine.improve` with their controls, five seeds.

    python benchmarks/improve.py lmsi --seeds 5 -o improve           # a JSON line a round, in improve/lmsi.jsonl
    python benchmarks/improve.py lmsi_weak --seeds 2 -o improve      # bases that have too few labels for a vote
    python benchmarks/improve.py lmsi_words --seeds 2 -o improve     # arithmetic_words, bases stopped early
    python benchmarks/improve.py self_rewarding --seeds 5 -o improve
    python benchmarks/improve.py ida --seeds 5 -o improve
    python benchmarks/improve.py table -o improve                    # means and intervals over the seeds, as JSON

The same call goes on where it was stopped. Bases are made from nothing, by the exercises' own `base.py`. All rounds are
run, also those before which `refine improve` would stop; where it would is recorded.

On a GPU larger ones, in pieces of ten minutes; the last line says what is left, {"left": []} is the end:

    python benchmarks/improve.py lmsi --size 30M --seeds 3 --minutes 10 -o improve-30M
    python benchmarks/improve.py lmsi --size 100M --lora 32 --serve vllm --arms vote --minutes 10 -o improve-100M

Each call notes in OUTPUT/machines.jsonl where it ran, with what, how long it took and how busy the machine was.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import time
from pathlib import Path

from benchmarks.improving import ida, lmsi, self_rewarding
from benchmarks.improving.clock import Clock
from benchmarks.improving.records import Bench
from benchmarks.improving.table import table
from refine.improve.serving import SERVED
from refine.improve.tiny import SIZES, SMALL

BEGUN = time.perf_counter()
WHAT = {
    "lmsi": (lmsi.bench, "ring_road"),
    "lmsi_weak": (lmsi.weak, "ring_road_weak"),
    "lmsi_words": (lmsi.in_words, "arithmetic_words"),
    "self_rewarding": (self_rewarding.bench, "equations"),
    "ida": (ida.bench, "equations"),
}


def main() -> None:
    said = _options().parse_args()
    if said.what == "table":
        print(json.dumps(table(said.output), indent=1))
        return
    clock = Clock(time.monotonic() + 60 * said.minutes)
    bench, family = WHAT[said.what]
    for seed in range(said.first, said.first + said.seeds):
        bench(
            Bench(
                said.output,
                said.what,
                family,
                seed,
                said.rounds,
                tuple(said.arms or ()),
                size=said.size,
                serve=said.serve,
                lora=said.lora,
                clock=clock,
            )
        )
    note(said)
    print(json.dumps({"left": [{"seed": seed, "arm": arm, "round": number} for seed, arm, number in clock.left]}))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=(*WHAT, "table"))
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--arms", nargs="*", help="only these")
    parser.add_argument("--size", choices=tuple(SIZES), default=SMALL, help="parameters of the base")
    parser.add_argument("--serve", choices=SERVED, default="transformers")
    parser.add_argument("--lora", type=int, metavar="RANK", help="train adapters instead of all weights")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin nothing after so many")
    return parser


def note(said: argparse.Namespace) -> None:
    """Appends to machines.jsonl what a reader of the figures must know."""
    import torch  # noqa: PLC0415 - loaded by then, unless everything was there

    cuda = torch.cuda.is_available()
    known = {
        "call": sys.argv[1:],
        "machine": torch.cuda.get_device_name() if cuda else f"{platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "seconds": round(time.perf_counter() - BEGUN, 1),
        "cpu_s": round(time.process_time(), 1),
        "load": os.getloadavg()[0],
    }
    if cuda:
        known["gpu_gib"] = round(torch.cuda.max_memory_allocated() / 2**30, 2)
    said.output.mkdir(parents=True, exist_ok=True)
    with (said.output / "machines.jsonl").open("a") as file:
        file.write(json.dumps(known) + "\n")


if __name__ == "__main__":
    main()
