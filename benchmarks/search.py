"""How few completions a search needs: refine's strategies and three peers, on one model, one evaluator and one budget.

    .venv/bin/python -m benchmarks.search                 everything: hours; docs/results/search.md says which
    .venv/bin/python -m benchmarks.search --methods default,gepa@peer --problems bounds --seeds 0-3 --out part.jsonl
    .venv/bin/python -m benchmarks.search --join part.jsonl other.jsonl   the table of what was measured in parts
    .venv/bin/python -m benchmarks.search --wall          seconds at 1 s of latency, a run each

A method is a preset of refine, `MODULE:FUNCTION` of one's own, or `openevolve@peer`, `shinka@peer`, `gepa@peer`, which
are installed from the package index into environments below `--cache`. Every run is one line of `--out`; runs that are
there already are not repeated. The model is `searches/model.py`: a function of the prompt, which reads the programs and
the feedback in it. Completions are counted where they are given. What is searched for: `searches/problems.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.searches import ours, theirs
from benchmarks.searches.problems import PROBLEMS
from benchmarks.searches.session import came
from benchmarks.searches.table import joined, printed
from benchmarks.searches.wall import wall_s
from refine.strategies import preset

MARKS = (50, 100, 200)
PRESETS = (
    "default", "best_of_n", "hill_climb", "eureka", "llm_squared", "funsearch", "map_elites", "shinka", "gepa", "drift",
)  # fmt: skip
"""`drift` selects nothing: the model's changes without a search. `evolve` is for a proposer without prompts."""
PEERS = tuple(f"{peer}@peer" for peer in theirs.PEERS)
Row = dict[str, Any]


def measured(method: str, problem: str, seed: int, budget: int, cache: Path) -> Row:
    """One run, as it is written down."""
    began = time.monotonic()
    if method.endswith("@peer"):
        peer = method.removesuffix("@peer")
        python = theirs.environment(cache, peer)
        session, evaluated, _ = theirs.searched(theirs.Job(python, peer, problem, seed, budget))
    else:
        session, evaluated = ours.searched(preset(method), problem, seed, budget)
    found = asdict(came(problem, session, evaluated, [mark for mark in MARKS if mark <= budget], budget))
    best = {str(mark): score for mark, score in found.pop("best").items()}
    whose = {"method": method, "problem": problem, "seed": seed, "budget": budget}
    return {**whose, "best": best, **found, "took_s": round(time.monotonic() - began, 1)}


def missing(out: Path, options: argparse.Namespace) -> list[tuple[str, str, int, int]]:
    """The runs that are wanted and not there yet, the seeds outermost, so that what is there is always comparable."""
    have = {(row["method"], row["problem"], row["seed"], row["budget"]) for row in rows([out]) if "best" in row}
    return [
        wanted
        for seed in options.seeds
        for problem in options.problems
        for method in options.methods
        if (wanted := (method, problem, seed, options.budget)) not in have
    ]


def rows(files: Iterable[Path]) -> list[Row]:
    """What was written down, each run once: the last of equal ones counts."""
    found: dict[tuple[object, ...], Row] = {}
    for file in files:
        for line in file.read_text().splitlines() if file.exists() else ():
            row = json.loads(line)
            found[tuple(row.get(name) for name in ("method", "problem", "seed", "budget"))] = row
    return list(found.values())


def carry_out(options: argparse.Namespace) -> None:
    """All runs that are missing, `--jobs` at a time; each is written down when it is there."""
    wanted = missing(options.out, options)
    for peer in {method.removesuffix("@peer") for method, *_ in wanted if method.endswith("@peer")}:
        theirs.environment(options.cache, peer)
    with ProcessPoolExecutor(options.jobs) as pool, options.out.open("a") as file:
        runs = {pool.submit(measured, *each, options.cache): each for each in wanted}
        for number, run in enumerate(as_completed(runs), 1):
            try:
                row = run.result()
            except RuntimeError as error:  # a peer that ended before its time: said, and not counted
                print(f"{runs[run]}: {error}", file=sys.stderr)
                continue
            file.write(json.dumps(row) + "\n")
            file.flush()
            print(f"{number}/{len(runs)} {row['method']} {row['problem']} {row['seed']} {row['best']}", file=sys.stderr)


def measured_walls(options: argparse.Namespace) -> list[Row]:
    """Seconds for a few completions at one second of latency, one run after the other."""
    found = []
    for method in options.methods:
        took = wall_s(method, options.wall_budget, options.cache)
        found.append({"method": method, "wall_s": round(took, 1), "completions": options.wall_budget})
        print(found[-1], file=sys.stderr)
    return found


def numbers(text: str) -> Sequence[int]:
    """`0-4` or `0,3,5`."""
    first, dash, last = text.partition("-")
    return range(int(first), int(last) + 1) if dash else [int(each) for each in text.split(",")]


def names(text: str) -> list[str]:
    return text.split(",")


def parsed(argv: Sequence[str] | None = None) -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "refine-benchmarks"
    options.add_argument("--methods", type=names, default=[*PRESETS, *PEERS])
    options.add_argument("--problems", type=names, default=list(PROBLEMS))
    options.add_argument("--seeds", type=numbers, default=range(5))
    options.add_argument("--budget", type=int, default=max(MARKS), help="completions of a run")
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--out", type=Path, default=Path("search.jsonl"))
    options.add_argument("--cache", type=Path, default=home, help="where the peers' environments are")
    options.add_argument("--join", type=Path, nargs="+", metavar="FILE", help="only print what these hold")
    options.add_argument("--wall", action="store_true", help="measure seconds instead")
    options.add_argument("--wall-budget", type=int, default=48)
    return options.parse_args(argv)


def main() -> None:
    options = parsed()
    unknown = [name for name in options.problems if name not in PROBLEMS]
    if unknown:
        sys.exit(f"there is no problem {unknown[0]}; there are: {', '.join(PROBLEMS)}")
    if options.wall:
        print(json.dumps({"wall": measured_walls(options)}))
        return
    if not options.join:
        carry_out(options)
    table = joined(rows(options.join or [options.out]))
    print(printed(table))
    print(json.dumps(table))


if __name__ == "__main__":
    main()
