"""The facts of a run. A journal is these, in order; everything else is a fold of them.

`answered` comes before `verified`, so that a crash between them never pays a model twice. Long texts (completions,
candidates, messages) are kept beside the facts and are named here by the first 32 hex digits of their SHA-256.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from refine.errors import Where
from refine.types import Direction, Edit, Frozen, Json, Outcome, Usage, Wanted, digest

FORMAT = 1
"""Version of the journal's format. Another one is refused, never guessed at."""


class Started(Frozen):
    """The run's identity: what shapes an ask, and with what it was begun."""

    kind: Literal["started"] = "started"
    format: int = FORMAT
    refine: str
    task: str
    task_digest: str
    direction: Direction
    metric: str
    seed: int
    strategy: dict[str, Json]
    model: str
    models: tuple[str, ...] = ()
    """The names of the models among which the search chooses; none where it does not."""
    reflector: str = ""
    """The model that writes the lessons, if it is another one."""
    embedder: str = ""
    """The model whose embeddings tell what is too like something known; "": nothing is."""
    novelty: float | None = None
    """The similarity above which it is; None where there is no embedder."""
    judge: str = ""
    """The model that verifiers may ask for an opinion; "": none. What they make of it is judged, not verified."""
    warm: tuple[str, ...] = ()
    """Candidates that the search began with beside the task's seeds."""
    options: dict[str, Json] = Field(default_factory=dict)
    """Sampling options of the command line; they are in the content address of every answer."""
    sandbox: str
    secret: str
    """Drawn when the run starts; seeds the confirmation's instances, so that no candidate can have seen them."""

    @property
    def held_out(self) -> int:
        """The confirmation's seed."""
        return int(self.secret[:15], 16)

    @property
    def chance(self) -> int:
        """What the seeds of replicates are made from; tells nothing about `held_out`."""
        return int(digest(f"search/{self.secret}")[:15], 16)


class Resumed(Frozen):
    """A process took the run up again. The time since the fact before it is not counted as the run's."""

    kind: Literal["resumed"] = "resumed"
    refine: str
    sandbox: str


class Advised(Frozen):
    """What the person who runs the search asks for, in words. Prompts show it from here on, and nothing where it is "";
    it takes the place of what was there before.
    """

    kind: Literal["advised"] = "advised"
    text: str


class Asked(Frozen):
    kind: Literal["asked"] = "asked"
    ask: int
    samples: int
    parents: tuple[str, ...]
    messages: str
    """Digest of the messages as JSON text."""
    params: dict[str, Json] = Field(default_factory=dict)
    move: str = ""
    edit: Edit = "whole"
    """With "diff" and "function" the answers are changes to the first of `parents`."""
    repairs: tuple[int, int] | None = None
    """The ask and the sample whose failure this one is to cure."""
    wants: Wanted = "candidates"
    model: str = ""
    """Who is to answer, where it was chosen by what the models did so far; "" leaves it to the proposer."""


class Answered(Frozen):
    kind: Literal["answered"] = "answered"
    ask: int
    sample: int
    text: str
    """Digest of the completion's text."""
    model: str
    usage: Usage | None = None
    finish: str | None = None
    note: str = ""
    key: str = ""
    seconds: float | None = None
    """What the model took for it; None where no language model was asked."""


class Embedded(Frozen):
    """The embedding of the candidate in an answer: who it is too like follows from it and from the facts before it."""

    kind: Literal["embedded"] = "embedded"
    ask: int
    sample: int
    candidate: str
    vector: str
    """As `refine.likeness.packed` writes it."""
    model: str
    usage: Usage | None = None


class Opined(Frozen):
    """One draw of the judge model's opinion, which a verifier asked for; a confirmation's belongs to no answer."""

    kind: Literal["opined"] = "opined"
    ask: int | None = None
    sample: int | None = None
    key: str
    """Content address of the question, its parameters and the draw: by it nothing is asked or paid twice."""
    draw: int
    text: str
    """The opinion itself, which is short."""
    model: str
    usage: Usage | None = None


class Verified(Frozen):
    """`candidate` is None where no candidate was found in the answer; `repeat`: the outcome is that of an earlier
    fact about the same candidate, or about the one of the same form that is named here. A repeat that names another
    candidate in `alike` was not verified itself: its embedding has this `similarity` to that of the other.
    """

    kind: Literal["verified"] = "verified"
    ask: int
    sample: int
    candidate: str | None
    outcome: Outcome | None = None
    repeat: bool = False
    form: str = ""
    """Digest of the program's normalised syntax tree, where it is not the candidate's own."""
    alike: str | None = None
    similarity: float | None = None


class Learned(Frozen):
    """An answer to an ask for lessons: its text is one, and no candidate."""

    kind: Literal["learned"] = "learned"
    ask: int
    sample: int


class Confirmed(Frozen):
    """A champion or a baseline, verified to stand in the same table. It does not shape any ask."""

    kind: Literal["confirmed"] = "confirmed"
    name: str
    """`best`, `seed`, or a baseline's name."""
    on: Literal["search", "held-out"]
    candidate: str
    outcome: Outcome


class Faulted(Frozen):
    """The world failed. With `dropped`, sample `sample` of ask `ask` will never be verified."""

    kind: Literal["faulted"] = "faulted"
    where: Where
    message: str
    ask: int | None = None
    sample: int | None = None
    dropped: bool = False


class Stopped(Frozen):
    kind: Literal["stopped"] = "stopped"
    reason: str
    detail: str


Event = (
    Started
    | Resumed
    | Advised
    | Asked
    | Answered
    | Embedded
    | Opined
    | Verified
    | Learned
    | Confirmed
    | Faulted
    | Stopped
)

_codec: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with its place in the journal and the time it was written (Unix seconds)."""

    seq: int
    at: float
    event: Event


def encode(event: Event) -> str:
    """One JSON object; fields at their defaults are left out, `kind` never is."""
    return json.dumps({"kind": event.kind, **event.model_dump(mode="json", exclude_defaults=True)})


def decode(body: str) -> Event:
    """Raises `pydantic.ValidationError` on anything that is no event."""
    return _codec.validate_json(body)
