"""From `--model` texts to one proposer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points

from refine.errors import UsageError
from refine.proposers import Options, Proposer
from refine.proposers.mixed import mixed
from refine.task import Task

GROUP = "refine.proposers"
"""Entry points of this group are `connect(spec, options, task) -> Proposer`; the name is what stands before ":"."""

Connect = Callable[[str, Options, Task], Proposer]


def connect(models: Sequence[str], options: Options, task: Task) -> Proposer:
    """The proposer for one or several `--model` texts; several are mixed, `TEXT=0.7` with that weight.

    Raises:
        UsageError: a text means nothing here; the message lists what would.
        MissingExtra: it needs a package that is not installed.
    """
    weighted = [_weighted(text) for text in models or ["mutate"]]
    found = _installed()
    parts = [(_one(spec, options, task, found), weight) for spec, weight in weighted]
    return parts[0][0] if len(parts) == 1 else mixed(parts)


_OF_A_TASK = ("mutate", "manual", "replay")
"""What works on a task's programs or on its run, and cannot be asked a question."""


def asked(spec: str, options: Options) -> Proposer:
    """The language model of a survey, which has no task, or the judge model of one.

    Raises:
        UsageError: the text means nothing here, or something that needs a task.
        MissingExtra: it needs a package that is not installed.
    """
    found = _installed()
    if spec.partition(":")[0] in _OF_A_TASK:
        known = "PROVIDER/NAME, vllm:FOLDER or transformers:FOLDER"
        raise UsageError(f"{spec} is no language model and cannot be asked a question: write {known}")
    make: Callable[[str, Options], Proposer] = _point(spec, found).load()
    return make(spec, options)


def weighed(models: Sequence[str]) -> bool:
    """Whether any of the `--model` texts gives a weight. Raises `UsageError` for one that is no weight."""
    return any(_weighted(text)[0] != text for text in models)


def _weighted(text: str) -> tuple[str, float]:
    """`name=0.7` as name and weight. What follows the last "=" is a weight if it is a number."""
    spec, equals, tail = text.rpartition("=")
    try:
        weight = float(tail) if equals else math.nan
    except ValueError:
        weight = math.nan
    if math.isnan(weight):
        return text, 1.0
    if not 0 < weight < math.inf:
        raise UsageError(f"--model {text}: a weight is a number above 0")
    return spec, weight


def _installed() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _one(spec: str, options: Options, task: Task, found: dict[str, EntryPoint]) -> Proposer:
    make: Connect = _point(spec, found).load()
    return make(spec, options, task)


def _point(spec: str, found: dict[str, EntryPoint]) -> EntryPoint:
    head = spec.partition(":")[0]
    point = found.get(head) or (found.get("litellm") if "/" in spec.strip("/") else None)
    if point is None:
        raise UsageError(f"--model {spec!r} means nothing here: {_possible(found)}")
    return point


def _possible(found: dict[str, EntryPoint]) -> str:
    own = {"mutate": "mutate", "manual": "manual[:FOLDER]", "replay": "replay:RUN.db", "vllm": "vllm:PATH"}
    own |= {"transformers": "transformers:PATH"}
    names = [own.get(name, name) for name in found if name != "litellm"]
    return f"write PROVIDER/NAME (openai/gpt-5, hosted_vllm/my-model, ...) or one of {', '.join(names)}"
