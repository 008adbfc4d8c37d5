"""Strategies: who the parents are, what the prompt shows, how many to ask for. Each is a preset of the one loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from refine.archives import Archive
from refine.archives.everything import Everything
from refine.archives.topk import TopK
from refine.errors import UsageError
from refine.types import Direction, Json


@dataclass(frozen=True, slots=True)
class Strategy:
    """A preset.

    Attributes:
        name: what `--strategy` and the journal call it.
        about: one line for people.
        archive: makes the archive; `spec` tells its parameters to the journal.
        parents: candidates shown in a prompt.
        samples: completions asked for by one prompt.
        in_flight: completions asked for and not yet verified, at most. With `in_flight == samples` each ask sees all
            outcomes of the one before: a generation barrier, and the same run every time for the same seed.
        params: sampling parameters for the model.
    """

    name: str
    about: str
    archive: Callable[[Direction], Archive]
    spec: dict[str, Json]
    parents: int = 2
    samples: int = 4
    in_flight: int = 16
    params: dict[str, Json] = field(default_factory=dict)

    def described(self) -> dict[str, Json]:
        """What the journal records: all that shapes an ask."""
        sizes: dict[str, Json] = {"parents": self.parents, "samples": self.samples, "in_flight": self.in_flight}
        return {"name": self.name, "archive": self.spec, **sizes, "params": self.params}

    def sized(self, *, samples: int | None = None, in_flight: int | None = None) -> Strategy:
        """The same strategy with other sizes. `in_flight` grows to hold one ask's samples."""
        n = self.samples if samples is None else samples
        return replace(self, samples=n, in_flight=max(n, self.in_flight if in_flight is None else in_flight))


def _top(size: int, pressure: float) -> tuple[Callable[[Direction], Archive], dict[str, Json]]:
    spec: dict[str, Json] = {"kind": "top-k", "size": size, "pressure": pressure}
    return (lambda direction: TopK(direction, size=size, pressure=pressure)), spec


def _default() -> Strategy:
    archive, spec = _top(32, 8.0)
    return Strategy("default", "the best of what differs, drawn by rank, two parents a prompt", archive, spec)


def _evolve() -> Strategy:
    archive, spec = _top(64, 5.0)
    about = "generations of 32 mutants of the 64 best; the default for the embedded proposer"
    return Strategy("evolve", about, archive, spec, parents=2, samples=32, in_flight=32)


def _drift() -> Strategy:
    about = "no selection: parents drawn from all that passed; the control beside every evolved score"
    return Strategy("drift", about, Everything, {"kind": "everything"}, parents=2, samples=32, in_flight=32)


_PRESETS: dict[str, Callable[[], Strategy]] = {"default": _default, "evolve": _evolve, "drift": _drift}


def names() -> tuple[str, ...]:
    return tuple(_PRESETS)


def preset(name: str) -> Strategy:
    """A strategy by name, to be sized if need be: `refine.preset("default").sized(samples=8)`.

    Raises `UsageError` for a name that is none of `names()`.
    """
    if name not in _PRESETS:
        raise UsageError(f"there is no strategy {name!r}; there are: {', '.join(_PRESETS)}")
    return _PRESETS[name]()
