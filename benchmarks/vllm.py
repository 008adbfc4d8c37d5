"""Samples per second from vLLM: n samples a prompt, in this process and by its server, against one prompt at a time.

    OMP_NUM_THREADS=1 .venv-vllm/bin/python -m benchmarks.vllm          prints JSON; some minutes
    ... -m benchmarks.vllm --seeds 0 1 --model FOLDER --tokens 128      another model

Everything is measured in one run through the same proposers that a search uses, cell after cell for each seed, so that
what else the machine does falls on all alike; a ratio is of two cells of the same seed. The baseline asks the server
for one sample and waits for it before it asks for the next. The prompts of a cell share a beginning of 600 tokens, as
those of a search do. The model is untrained unless one is named: what it says does not matter here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import string
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from refine.proposers import Options, Proposer
from refine.proposers.litellm import LiteLLM
from refine.proposers.vllm import connect
from refine.types import Message, Prompt
from tests.tiny import tiny
from tests.vllm.server import serving

SHARED = 600
"""Characters, each a token of the tiny model."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Who is asked, for how many samples at once, how many prompts are under way, and how many are asked in all."""

    who: str
    n: int
    in_flight: int
    prompts: int

    @property
    def name(self) -> str:
        return f"{self.who}, n = {self.n}, {self.in_flight} in flight"


BASELINE = Cell("server", 1, 1, 16)
CELLS = [
    BASELINE,
    *(
        Cell(who, n, 1, max(3, 48 // n))
        for who in ("server", "process")
        for n in (1, 8, 32)
        if (who, n) != ("server", 1)
    ),
    *(Cell(who, n, 8, max(16, 96 // n)) for who in ("server", "process") for n in (1, 8, 32)),
]


def prompts(seed: int, cell: Cell) -> list[Prompt]:
    """No two cells share a beginning: what one has left in the cache of prefixes does not serve another."""
    chance = random.Random(f"{seed} {cell.name}")
    shared = _words(chance, SHARED)
    return [
        Prompt(
            ask,
            (Message(role="user", content=f"{shared}\n{_words(chance, 40)}"),),
            samples=tuple(range(cell.n)),
            seed=seed,
            params={"temperature": 1.0},
        )
        for ask in range(cell.prompts)
    ]


def _words(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(string.ascii_lowercase + " ", k=length))


async def rate(proposer: Proposer, asked: Sequence[Prompt], in_flight: int) -> dict[str, float]:
    """Samples and tokens per second of wall-clock time."""
    places = asyncio.Semaphore(in_flight)

    async def one(prompt: Prompt) -> list[int]:
        async with places:
            return [(c.usage and c.usage.completion_tokens) or 0 async for c in proposer(prompt)]

    begun = time.perf_counter()
    tokens = [count for each in await asyncio.gather(*map(one, asked)) for count in each]
    seconds = time.perf_counter() - begun
    return {"samples_per_s": len(tokens) / seconds, "tokens_per_s": sum(tokens) / seconds}


async def measured(proposers: dict[str, Proposer], seeds: Iterable[int]) -> list[dict[str, dict[str, float]]]:
    """For each seed the rates of every cell. Whoever is asked for the first time loads, so that is not measured."""
    for proposer in proposers.values():
        await rate(proposer, prompts(10**9, Cell("warm", 8, 2, 4)), 2)
    rows = [
        {cell.name: await rate(proposers[cell.who], prompts(seed, cell), cell.in_flight) for cell in CELLS}
        for seed in seeds
    ]
    for proposer in proposers.values():
        await proposer.aclose()
    return rows


def summary(rows: Sequence[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Of each cell the medians over the seeds, and of its ratio to the baseline the least and the largest too."""
    found = {}
    for cell in CELLS:
        ratios = [row[cell.name]["samples_per_s"] / row[BASELINE.name]["samples_per_s"] for row in rows]
        medians = {unit: median(row[cell.name][unit] for row in rows) for unit in ("samples_per_s", "tokens_per_s")}
        times = {"times_baseline": median(ratios), "least": min(ratios), "largest": max(ratios)}
        found[cell.name] = {name: round(value, 2) for name, value in (medians | times).items()}
    return found


def made(folder: Path) -> Path:
    """The tiny model with room for these prompts: where a token stands is computed, so any length will do."""
    tiny(folder, width=128, layers=2)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 2048}))
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--model", type=Path, help="a model's folder; by default one is made")
    parser.add_argument("--tokens", type=int, default=48, help="of a sample, at most")
    chosen = parser.parse_args()
    before = os.getloadavg()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.model or made(Path(scratch))
        with serving(folder) as url:
            server = LiteLLM("hosted_vllm/tiny", Options(api_base=url, max_tokens=chosen.tokens))
            process = connect(f"vllm:{folder}", Options(max_tokens=chosen.tokens))
            rows = asyncio.run(measured({"server": server, "process": process}, chosen.seeds))
    machine = {"machine": platform.machine(), "cpus": os.cpu_count(), "python": platform.python_version()}
    loads = {"load_before": before, "load_after": os.getloadavg()}
    sizes = {"seeds": chosen.seeds, "tokens": chosen.tokens, "baseline": BASELINE.name}
    print(json.dumps({**machine, **loads, **sizes, "cells": summary(rows)}, indent=1))


if __name__ == "__main__":
    main()
