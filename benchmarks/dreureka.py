"""What domain randomisation is worth on robots that no search saw: DrEureka's method, its baselines and its ablation.

    .venv/bin/python benchmarks/dreureka.py rapp
    .venv/bin/python benchmarks/dreureka.py measure [--out FILE] [--minutes 14] [--seeds 5] [--candidates 8]
             [--journal RUN.db]
    .venv/bin/python benchmarks/dreureka.py table [--out FILE]

`rapp` prints the reward-aware physics prior of tasks/randomise_pendulum: its table, and its bounds as JSON. `measure`
appends one line of JSON for each thing measured and skips what is there, so that it may be stopped and gone on with.
`table` sums the lines up.

For each of the seeds: policies are trained with each configuration from training seeds that no search used and tried on
64 robots of the fleet. The searches use the embedded proposer, which has no key, and select as a user would: the best
four by the simulated proxy are tried on eight robots, and the best of these is the winner. What is reported is the
winner's *configuration*, trained anew from the same training seeds as all others, on the same 64 robots, which chose
nothing. "full method" searches within the prior, "search without the prior" within the ends of the grids, with a proxy
of robots from these. `--journal` adds a run that a model answered, "full method, a capable model's answers"; its best
four meet the same trial. Mean and 95 % interval (Student's t) over the seeds, and the paired differences.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import refine
from refine.budget import Budget
from refine.journal import Journal
from refine.load import find, load
from refine.verifiers.reward import Setting, randomising, ranges, rapp, trials
from refine.verifiers.reward.evaluation import held_out
from refine.verifiers.reward.ranges import Ranges
from refine.verifiers.reward.training import Pays, Trained, train

TASK = "randomise_pendulum"
FIRST = 1_000_003
"""The first training seed. A search's are drawn from 60 bits."""
TRAININGS = 2
"""Of each configuration and seed."""
FINALISTS = 4
PRIOR_POLICIES = 5
SEARCHES = {"full method": True, "search without the prior": False}
"""Whether a search knows the prior."""
ANSWERED = "full method, a capable model's answers"
METHODS = ("full method", ANSWERED)
"""What the others are compared with."""
T_95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365}
"""Student's t, two-sided 95 %, by the number of values."""
Row = dict[str, Any]


def module() -> Any:  # noqa: ANN401 - a task's file
    return sys.modules[load(TASK).verify.__module__]


def pays() -> Pays:
    """The task's own reward, which this repository wrote: it needs no walls."""
    names: dict[str, Any] = {}
    exec((find(TASK).parent / "reward.py").read_text(), names)  # noqa: S102 - see above
    reward: Pays = names["reward"]
    return reward


def trained(setting: Setting, chosen: Ranges, seed: int) -> Trained:
    rng = np.random.default_rng([seed, 0])
    return train(setting.world, pays(), setting.training, rng, ranges.draws(chosen))


def full_ranges() -> dict[str, ranges.Range]:
    """The ends of the grids, which no prior informs."""
    return {name: (rapp.GRIDS[name][0], rapp.GRIDS[name][-1]) for name in module().VARIED}


def prior_table() -> rapp.Table:
    setting: Setting = module().SETTING
    policies = [trained(setting, {}, FIRST - 1 - k) for k in range(PRIOR_POLICIES)]
    return rapp.measured(setting.world, policies, {name: rapp.GRIDS[name] for name in module().VARIED})


def configurations() -> dict[str, Ranges]:
    """What needs no search, by name."""
    prior: Ranges = module().PRIOR
    given = {name: [low, ranges.nominal(name), high] for name, (low, high) in prior.items()}
    golden = {case.name: case.text for case in load(TASK).golden}
    human: dict[str, Any] = {}
    exec(golden["human"], human)  # noqa: S102 - written in this repository
    return {
        "no randomisation": {},
        "human-set ranges": ranges.believed(_plain(human["randomisation"](given)), prior),
        "full range": full_ranges(),
        "the prior's bounds": prior,
        "0.3 of the prior (the first seed)": ranges.narrowed(prior, 0.3),
    }


def _plain(answer: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    return {name: list(pair) for name, pair in answer.items()}


def tried(setting: Setting, name: str, chosen: Ranges, seed: int, k: int) -> Row:
    """One training: the fitness with the model's own physics, by the prior's proxy, and on the fleet's 64 robots."""
    started = time.process_time()
    policy = trained(setting, chosen, FIRST + 10 * seed + k)
    spent = time.process_time() - started
    _, proxy = randomising.proxied(setting, policy)
    own = randomising.moved(setting.world, held_out(setting.world, policy, FIRST))
    deployed = trials.on_draw(setting.world, policy, setting.fleet, (FIRST + seed, trials.DEPLOYMENT), setting.robots)
    return {
        "kind": "trained",
        "name": name,
        "seed": seed,
        "training": k,
        "deployment": round(deployed, 4),
        "proxy": round(float(proxy.mean()), 4),
        **{key: round(value, 4) for key, value in own.items()},
        "cpu_seconds": round(spent, 2),
    }


def searched(setting: Setting, name: str, seed: int, candidates: int) -> Row:
    """One search with the embedded proposer; the winner of a trial among its best four."""
    prior = setting.prior if SEARCHES[name] else full_ranges()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / TASK
        shutil.copytree(find(TASK).parent, folder)
        (folder / "prior.json").write_text(json.dumps(prior))
        task = load(str(folder))
        task.baselines.clear()
        task._confirm = None  # noqa: SLF001 - what a confirmation would train is measured here
        path = Path(scratch) / "run.db"
        refine.run(task, path=path, seed=seed, budget=Budget(candidates=candidates), workers=1, sandbox="local")
        return won(setting, name, seed, path)


def won(setting: Setting, name: str, seed: int, path: Path) -> Row:
    """The winner of a trial, on eight robots of the seed's, among the best four of a run."""
    with Journal.read(path) as journal:
        found = trials.finalists(journal, FINALISTS)
    policies = {key: trials.read(outcome.artifacts[trials.POLICY]) for key, outcome in found.items()}
    best = trials.tried(setting.world, policies, setting.fleet, seed=FIRST + seed, robots=setting.robots)
    return {
        "kind": "searched",
        "name": name,
        "seed": seed,
        "ranges": json.loads(found[best.winner].artifacts[randomising.RANGES]),
        "proxy": {key[:8]: outcome.score for key, outcome in found.items()},
        "trial": {key[:8]: round(value, 4) for key, value in best.trial.items()},
        "winner": best.winner[:8],
        "winners_policy_deployed": round(best.deployment, 4),
    }


def answered(path: Path) -> Iterator[Row]:
    """What a run's candidates were, best first, so that the lines hold what the trial chose from."""
    with Journal.read(path) as journal:
        for outcome in trials.finalists(journal, sys.maxsize).values():
            yield {
                "kind": "answered",
                "name": ANSWERED,
                "seed": None,
                "ranges": json.loads(outcome.artifacts[randomising.RANGES]),
                "proxy": outcome.score,
            }


def missing(setting: Setting, rows: Sequence[Row], wish: argparse.Namespace) -> Iterator[Row]:
    """Measures what is not there yet, one row at a time: what needs no search, then searches and their winners."""
    have = {(row["kind"], row["name"], row["seed"], row.get("training")) for row in rows}
    winners = {(row["name"], row["seed"]): row["ranges"] for row in rows if row["kind"] == "searched"}
    seeds = wish.only or range(wish.seeds)

    def trainings(name: str, chosen: Ranges, seed: int) -> Iterator[Row]:
        wanted = (k for k in range(TRAININGS) if ("trained", name, seed, k) not in have)
        return (tried(setting, name, chosen, seed, k) for k in wanted)

    for seed, (name, chosen) in itertools.product(seeds, configurations().items()):
        yield from trainings(name, chosen, seed)
    if wish.journal and not any(row["kind"] == "answered" for row in rows):
        yield from answered(wish.journal)
    for name, seed in itertools.product([ANSWERED] * bool(wish.journal) + list(SEARCHES), seeds):
        if (name, seed) not in winners:
            yield (row := _found(setting, name, seed, wish))
            winners[name, seed] = row["ranges"]
        yield from trainings(name, winners[name, seed], seed)


def _found(setting: Setting, name: str, seed: int, wish: argparse.Namespace) -> Row:
    if name == ANSWERED:
        return won(setting, name, seed, wish.journal)
    return searched(setting, name, seed, wish.candidates)


def measure(wish: argparse.Namespace) -> None:
    deadline = time.monotonic() + 60 * wish.minutes
    wish.out.parent.mkdir(parents=True, exist_ok=True)
    with wish.out.open("a") as file:
        for row in missing(module().SETTING, lines(wish.out), wish):
            file.write(json.dumps(row) + "\n")
            file.flush()
            if time.monotonic() > deadline:
                return


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def interval(values: Sequence[float]) -> list[float] | None:
    """The 95 % interval of the mean; None for a single value."""
    if len(values) < min(T_95):
        return None
    mean, reach = statistics.fmean(values), T_95[len(values)] * statistics.stdev(values) / math.sqrt(len(values))
    return [round(mean - reach, 3), round(mean + reach, 3)]


def by_seed(rows: Sequence[Row], name: str, key: str) -> dict[int, float]:
    """Means over the trainings of each seed."""
    mine = [row for row in rows if row["kind"] == "trained" and row["name"] == name]
    seeds = sorted({row["seed"] for row in mine})
    return {seed: statistics.fmean(row[key] for row in mine if row["seed"] == seed) for seed in seeds}


def ahead(rows: Sequence[Row], method: str, name: str) -> list[float]:
    """By how much a method is ahead, for each seed that has both."""
    best, other = (by_seed(rows, each, "deployment") for each in (method, name))
    return [best[seed] - other[seed] for seed in best if seed in other]


def summary(rows: Sequence[Row]) -> Row:
    names = list(dict.fromkeys(row["name"] for row in rows if row["kind"] == "trained"))
    return {
        "configurations": [_summed(rows, name) for name in names],
        "ahead_of": {method: _compared(rows, method, names) for method in METHODS if method in names},
        "trial_and_deployment_of_the_winners_policy": [
            [row["name"], row["trial"][row["winner"]], row["winners_policy_deployed"]]
            for row in rows
            if row["kind"] == "searched"
        ],
        "correlation_of_proxy_and_deployment": round(_agreement(rows), 3),
    }


def _compared(rows: Sequence[Row], method: str, names: Sequence[str]) -> Row:
    apart = {name: ahead(rows, method, name) for name in names if name != method}
    return {
        name: {"by": round(statistics.fmean(values), 3), "interval": interval(values), "seeds": len(values)}
        for name, values in apart.items()
        if values
    }


def _summed(rows: Sequence[Row], name: str) -> Row:
    deployed = list(by_seed(rows, name, "deployment").values())
    others = {key: round(_mean(rows, name, key), 3) for key in ("own_physics", "proxy", "torque")}
    return {
        "name": name,
        "deployment": round(statistics.fmean(deployed), 3),
        "interval": interval(deployed),
        "by_seed": [round(value, 3) for value in deployed],
        **others,
        "cpu_seconds": round(_mean(rows, name, "cpu_seconds"), 2),
    }


def _mean(rows: Sequence[Row], name: str, key: str) -> float:
    return statistics.fmean(by_seed(rows, name, key).values())


def _agreement(rows: Sequence[Row]) -> float:
    """Over configurations: whether the proxy ranks them as the fleet does."""
    names = list(dict.fromkeys(row["name"] for row in rows if row["kind"] == "trained"))
    proxy, fleet = ([_mean(rows, name, key) for name in names] for key in ("proxy", "deployment"))
    return float(np.corrcoef(proxy, fleet)[0, 1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rapp", "measure", "table"))
    parser.add_argument("--out", type=Path, default=Path("runs/dreureka.jsonl"))
    parser.add_argument("--minutes", type=float, default=14.0)
    parser.add_argument("--seeds", type=int, default=5, choices=sorted(T_95))
    parser.add_argument("--only", type=int, nargs="*", default=[], help="of the seeds these, to share the work")
    parser.add_argument("--candidates", type=int, default=8, help="of each search")
    parser.add_argument("--journal", type=Path, help="of a run that a model answered")
    wish = parser.parse_args()
    if wish.what == "rapp":
        table = prior_table()
        print(rapp.told(table), json.dumps(rapp.prior(table)), sep="\n\n")
    elif wish.what == "measure":
        measure(wish)
    else:
        print(json.dumps(summary(lines(wish.out)), indent=1))


if __name__ == "__main__":
    main()
