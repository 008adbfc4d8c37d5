"""The published methods as presets of the one loop, and ours. What a preset does not say is as in `Strategy`."""

from __future__ import annotations

from collections.abc import Callable

from refine.archives import Archive
from refine.archives.everything import Everything
from refine.archives.grid import Grid
from refine.archives.islands import Islands
from refine.archives.pareto import Instances
from refine.archives.seeds import SeedsOnly
from refine.archives.topk import TopK
from refine.strategies import Move, Strategy
from refine.task import Feature, Task
from refine.types import Direction, Json

_Makes = tuple[Callable[[Task], Archive], dict[str, Json]]


def _top(size: int, pressure: float) -> _Makes:
    spec: dict[str, Json] = {"kind": "top-k", "size": size, "pressure": pressure}
    return (lambda task: TopK(task.direction, size=size, pressure=pressure)), spec


def _default() -> Strategy:
    """One answer at a time from the best so far: chosen by what a completion brings (docs/results/search.md). More in
    flight is faster and brings less of each, because answers to the same prompt are near-twins.
    """
    archive, spec = _top(32, 0.5)
    moves = (
        Move("improve", 0.9, parents=1),
        Move("cross", 0.05, parents=2, say="Combine what is best in the programs shown into one."),
        Move("fresh", 0.05, parents=1, say="Try another idea for the part that gains least."),
    )
    about = "one change of the best at a time, now and then a crossing or a fresh start of a part"
    return Strategy("default", about, archive, spec, moves, samples=1, in_flight=1)


def _evolve() -> Strategy:
    archive, spec = _top(64, 5.0)
    about = "generations of 32 mutants of the 64 best; the default for the embedded proposer"
    return Strategy("evolve", about, archive, spec, samples=32, in_flight=32)


def _drift() -> Strategy:
    about = "no selection: parents drawn from all that passed; the control beside every evolved score"
    spec: dict[str, Json] = {"kind": "everything"}
    return Strategy("drift", about, lambda task: Everything(task.direction), spec, samples=32, in_flight=32)


def _best_of_n() -> Strategy:
    about = "the seeds again and again, nothing learned: the baseline that nobody should be fooled by"
    spec: dict[str, Json] = {"kind": "seeds"}
    moves = (Move(parents=1),)

    def archive(task: Task) -> Archive:
        return SeedsOnly(task.direction)

    return Strategy("best_of_n", about, archive, spec, moves, failures=0, models="weighted")


def _hill_climb() -> Strategy:
    archive, spec = _top(1, 1.0)
    about = "one at a time, always from the best so far"
    return Strategy("hill_climb", about, archive, spec, (Move(parents=1),), samples=1, in_flight=1)


def _eureka() -> Strategy:
    """Ma et al. 2023: 16 samples an iteration at temperature 1, the best of them is reflected upon; 5 restarts of 5."""
    spec: dict[str, Json] = {"kind": "islands", "of": {"kind": "top-k", "size": 1}, "count": 5, "block": 5}

    def archive(task: Task) -> Archive:
        return Islands(task.direction, lambda direction: TopK(direction, size=1), count=5, block=5)

    say = (
        "Analyse the feedback component by component before you write: what never moves must be rescaled, rewritten or "
        "dropped; what dominates must be rescaled; what works is kept."
    )
    about = "generations of 16 from the best one, with reflection on its statistics; five restarts (Eureka)"
    moves = (Move("reflect", parents=1, say=say),)
    return Strategy("eureka", about, archive, spec, moves, samples=16, in_flight=16, temperatures=(1.0,))


def _llm_squared() -> Strategy:
    """Lu et al. 2024 (DiscoPOP): one proposal at a time in sight of the known solutions (their burn-in: the task's
    seeds and baselines, verified first) and of all earlier proposals with what they said and scored.
    """
    archive, spec = _top(32, 8.0)
    say = (
        "Begin with your thought: what the results so far say, and what you conclude. Then give the proposal a short "
        "name. Then the code."
    )
    about = "one proposal at a time, with thought, name and code, in sight of everything tried (LLM-Squared)"
    moves = (Move("propose", parents=1, say=say),)
    return Strategy("llm_squared", about, archive, spec, moves, samples=1, in_flight=1, history=40, burn_in=True)


def _funsearch() -> Strategy:
    """Romera-Paredes et al. 2023: islands of clusters, two versions a prompt, short programs preferred, resets."""
    inner: dict[str, Json] = {"kind": "top-k", "size": 256, "pressure": 8.0}
    spec: dict[str, Json] = {"kind": "islands", "of": inner, "count": 10, "reset": 1000}

    def archive(task: Task) -> Archive:
        return Islands(task.direction, lambda d: TopK(d, size=256, pressure=8.0), count=10, reset=1000)

    about = "ten islands, two programs a prompt in rising order, the weaker half founded anew (FunSearch)"
    moves = (Move("continue", parents=2, say="Write the next version in the row above."),)
    return Strategy("funsearch", about, archive, spec, moves, samples=4, in_flight=32, failures=0)


_LENGTH = Feature(name="length", low=100, high=20_000, bins=10, log=True)
_TIME = Feature(name="cpu_s", low=0.003, high=30, bins=8, log=True)


def _map_elites() -> Strategy:
    """Mouret and Clune 2015 as AlphaEvolve and OpenEvolve use it: grids on islands, diffs, inspirations."""
    features: list[Json] = [feature.model_dump() for feature in (_LENGTH, _TIME)]
    spec: dict[str, Json] = {"kind": "islands", "of": {"kind": "grid", "features": features}, "count": 4, "migrate": 10}

    def grid(direction: Direction, task: Task) -> Archive:
        return Grid(direction, task.features or (_LENGTH, _TIME))

    def archive(task: Task) -> Archive:
        return Islands(task.direction, lambda direction: grid(direction, task), count=4, migrate=10)

    about = "an elite for every cell of a grid of features, on islands, by diffs, beside the best (AlphaEvolve)"
    moves = (Move("edit", parents=1, inspirations=3, edit="diff"),)
    return Strategy("map_elites", about, archive, spec, moves)


def _shinka() -> Strategy:
    """Lange et al. 2025: rank-weighted parents on islands, one more when nothing improves; diffs, rewrites and
    crossings in the paper's shares. Novelty is judged where `--novelty-model` names who embeds.
    """
    inner: dict[str, Json] = {"kind": "top-k", "size": 40, "pressure": 10.0}
    spec: dict[str, Json] = {"kind": "islands", "of": inner, "count": 2, "migrate": 10, "route": "random"}
    spec |= {"spawn": 100, "most": 5, "founder": "seeds"}

    def archive(task: Task) -> Archive:
        def island(direction: Direction) -> Archive:
            return TopK(direction, size=40, pressure=10.0)

        return Islands(task.direction, island, count=2, migrate=10, route="random", spawn=100, most=5, founder="seeds")

    moves = (
        Move("diff", 0.6, parents=1, inspirations=4, edit="diff"),
        Move("rewrite", 0.3, parents=1, inspirations=4, say="Rewrite it with another algorithm, not another style."),
        Move("cross", 0.1, parents=2, say="Combine what is best in the programs shown into one."),
    )
    about = "diffs, rewrites and crossings of what ranks high, on islands that grow in number (ShinkaEvolve)"
    return Strategy("shinka", about, archive, spec, moves, samples=1)


def _gepa() -> Strategy:
    """Agrawal et al. 2025: reflect on one candidate of the instance-wise Pareto front, or merge two of them."""
    spec: dict[str, Json] = {"kind": "instances"}
    reflect = "Read the feedback instance by instance, name the cause of what is worst, and cure that cause."
    merge = "These are best at different instances. Merge what makes each of them best where it is."
    moves = (Move("reflect", 0.8, parents=1, say=reflect), Move("merge", 0.2, parents=2, say=merge))
    about = "whoever is best at some instance, improved by reflection on its feedback, or merged (GEPA)"
    return Strategy("gepa", about, lambda task: Instances(task.direction), spec, moves, samples=1, in_flight=8)


PRESETS: dict[str, Callable[[], Strategy]] = {
    "default": _default,
    "evolve": _evolve,
    "drift": _drift,
    "best_of_n": _best_of_n,
    "hill_climb": _hill_climb,
    "eureka": _eureka,
    "llm_squared": _llm_squared,
    "funsearch": _funsearch,
    "map_elites": _map_elites,
    "shinka": _shinka,
    "gepa": _gepa,
}
