"""Preference losses on the problem that no search saw, every one of them against every other on the same pairs.

    python benchmarks/loss_transfer.py --seeds 8 -o runs/transfer.jsonl              # again to go on; prints JSON
    python benchmarks/loss_transfer.py --losses dpo,slic,chosen_logistic -o ...      # names of golden cases

For each seed a pool of pairs is drawn; each loss trains on the same pairs in the same order, once for each beta, and
is taken at the beta that is best on prompts of its own. The rows, one a training, go to a file of JSON lines as they
come. Printed are, for each found loss and each known one, the mean difference over the seeds, its standard error and
the quotient of the two. The golden cases run in this process, without a sandbox: they are this repository's own.
"""

from __future__ import annotations

import argparse
import json
import platform
import runpy
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parents[1] / "tasks" / "preference_loss"
BETAS = (0.3, 0.7, 2.0, 8.0)
"""None of them in the search (1 and 5)."""
KNOWN = ("dpo", "slic", "ipo", "discopop", "dbaql", "padll", "aqfl", "dpo_nll", "sft", "rpo", "dpop")
"""What is published and ended above the base policy where it was searched."""
PUBLISHED = (*KNOWN, "exponential", "aql", "cell", "pfl")
Row = dict[str, Any]
Loss = Callable[..., Any]


def slopes(loss: Loss) -> Callable[[Sequence[Any]], list[Any]]:
    """What a training asks for: the gradients of each batch's mean loss by the policy's two log-probabilities."""
    import torch  # noqa: PLC0415 - takes seconds

    def one(question: tuple[Any, ...]) -> tuple[Any, Any]:
        *logps, beta = question
        ours, theirs, chosen, rejected = (torch.tensor(np.asarray(part, dtype=np.float64)) for part in logps)
        policy = [ours.requires_grad_(), theirs.requires_grad_()]
        found = torch.autograd.grad(loss(*policy, chosen, rejected, beta).mean(), policy, allow_unused=True)
        kept = [torch.zeros_like(part) if got is None else got for part, got in zip(policy, found, strict=True)]
        return kept[0].numpy(), kept[1].numpy()

    return lambda questions: [one(question) for question in questions]


def trainings(names: Sequence[str], problem: str, seeds: Sequence[int], done: set[tuple[str, int]]) -> Iterator[Row]:
    """A row for each loss, seed and beta that is not done, seed by seed."""
    sys.path.insert(0, str(FOLDER))
    import preferences as lab  # type: ignore[import-not-found]  # noqa: PLC0415 - a module of the task's folder

    recipe, rule = lab.Recipe(), lab.PROBLEMS[problem]
    for seed in seeds:
        todo = [name for name in names if (name, seed) not in done]
        if not todo:
            continue
        pairs = lab.drawn(lab.pool(rule, seed, recipe.asked), seed, recipe)
        for name in todo:
            loss = runpy.run_path(str(FOLDER / "golden" / f"{name}.py"))["loss"]
            for one in lab.train(rule, pairs, BETAS, slopes(loss), seed, recipe=recipe):
                yield {
                    "problem": problem,
                    "loss": name,
                    "seed": seed,
                    "beta": one.beta,
                    "accuracy": 100.0 * one.accuracy,
                    "chosen_by": one.chosen_by,
                    "kl": one.divergence,
                }


def at_best(rows: Sequence[Row]) -> dict[str, dict[int, Row]]:
    """For each loss and seed the row of the beta that is best on prompts of its own."""
    best: dict[str, dict[int, Row]] = {}
    for row in rows:
        seeds = best.setdefault(row["loss"], {})
        seeds[row["seed"]] = max(seeds.get(row["seed"], row), row, key=lambda one: one["chosen_by"])
    return best


def difference(ours: dict[int, Row], theirs: dict[int, Row]) -> dict[str, float]:
    """The paired difference in points over the seeds that both have, its standard error, and their quotient."""
    found = [ours[seed]["accuracy"] - theirs[seed]["accuracy"] for seed in sorted(ours.keys() & theirs.keys())]
    mean, error = statistics.fmean(found), statistics.stdev(found) / len(found) ** 0.5
    return {"points": round(mean, 2), "standard_error": round(error, 2), "quotient": round(mean / error, 1)}


def table(rows: Sequence[Row]) -> dict[str, Any]:
    best = {name: seeds for name, seeds in at_best(rows).items() if len(seeds) > 1}
    means = {name: statistics.fmean(row["accuracy"] for row in seeds.values()) for name, seeds in best.items()}
    ordered = sorted(best, key=lambda name: -means[name])
    known, found = ([name for name in ordered if (name in PUBLISHED) is which] for which in (True, False))
    return {
        "seeds": len({row["seed"] for row in rows}),
        "losses": {
            name: {
                "accuracy": round(means[name], 2),
                "sd": round(statistics.stdev(row["accuracy"] for row in best[name].values()), 2),
                "kl": round(statistics.fmean(row["kl"] for row in best[name].values()), 3),
                "betas": [row["beta"] for _, row in sorted(best[name].items())],
            }
            for name in ordered
        },
        "against": {one: {other: difference(best[one], best[other]) for other in known} for one in found},
    }


def written(file: Path, problem: str) -> list[Row]:
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [row for row in rows if row["problem"] == problem]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--losses", default=",".join(KNOWN), help="names of golden cases")
    parser.add_argument("--problem", default="ranks", choices=("ranks", "sorting"))
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=7000, help="the first seed")
    parser.add_argument("--seconds", type=float, help="of this session; what is begun is finished")
    parser.add_argument("-o", dest="file", type=Path, required=True)
    said = parser.parse_args()
    if said.seeds < 2:
        parser.error("--seeds: two at least, for a standard error")
    started = time.perf_counter()
    whole = {(row["loss"], row["seed"]) for row in written(said.file, said.problem) if row["beta"] == BETAS[-1]}
    seeds = range(said.first, said.first + said.seeds)
    said.file.parent.mkdir(parents=True, exist_ok=True)
    with said.file.open("a") as out:
        for row in trainings(said.losses.split(","), said.problem, seeds, whole):
            print(json.dumps(row), file=out, flush=True)
            if row["beta"] == BETAS[-1] and said.seconds and time.perf_counter() - started > said.seconds:
                break
    head = {"problem": said.problem, "betas": BETAS, "python": platform.python_version()}
    print(
        json.dumps(
            {**head, "cpu_s": round(time.process_time(), 1), **table(written(said.file, said.problem))}, indent=1
        )
    )


if __name__ == "__main__":
    main()
