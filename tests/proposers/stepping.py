"""An engine in steps that a test can hold, so that the thread around it can be tested without a model."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from refine.proposers.engine import Answer, Request


@dataclass
class Steps:
    """Answers a request in its second step with "SEED ADAPTER" for each seed; keeps what it was told.

    `gate` holds every step until it is set; `breaks` is raised by the next step.
    """

    gate: threading.Event = field(default_factory=threading.Event)
    breaks: Exception | None = None
    seen: dict[str, int] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    aborted: list[str] = field(default_factory=list)
    closed: int = 0
    stepping: threading.Event = field(default_factory=threading.Event)

    def add(self, key: str, request: Request) -> None:
        if request.params.get("temperature") == -1:
            raise ValueError("temperature must be non-negative")
        self.requests[key] = request
        self.seen[key] = 0

    def step(self) -> Iterator[tuple[str, tuple[Answer, ...]]]:
        self.stepping.set()
        assert self.gate.wait(10)
        if self.breaks is not None:
            raise self.breaks
        self.batches.append(len(self.seen))
        for key in list(self.seen):
            self.seen[key] += 1
            if self.seen[key] == 2:
                del self.seen[key]
                yield key, _answers(self.requests[key])

    def abort(self, key: str) -> None:
        self.aborted.append(key)
        del self.seen[key]

    def close(self) -> None:
        self.closed += 1


def _answers(request: Request) -> tuple[Answer, ...]:
    of = request.adapter.path.name if request.adapter else "-"
    return tuple(Answer(f"{request.seed + i} {of}", 7, 3 + i, "stop") for i in range(request.n))


def opened() -> Steps:
    """Steps that nothing holds."""
    steps = Steps()
    steps.gate.set()
    return steps
