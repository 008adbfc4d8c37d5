"""The nouns: frozen data that everything else passes around."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

Json = JsonValue
Direction = Literal["maximize", "minimize"]
Wanted = Literal["candidates", "lessons"]
Edit = Literal["whole", "diff", "function"]
"""How a model answers: with the whole candidate, or, for the one to improve, with SEARCH/REPLACE blocks or with one
function that takes the place of the one of that name."""


class Frozen(BaseModel):
    """A value: cannot change, refuses fields that it does not know and numbers that JSON cannot write."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Verdict(StrEnum):
    """What came of a candidate. A score exists with PASSED and only with it."""

    PASSED = "passed"  # the verifier returned a score
    WRONG = "wrong"  # the verifier refused the answer
    CRASHED = "crashed"  # the candidate raised or died
    TIMEOUT = "timeout"  # it used more wall-clock or CPU time than its limit
    OVERRUN = "overrun"  # it used more memory, disk, processes or output than its limit
    MALFORMED = "malformed"  # no candidate in the model's answer, or no plain data in the candidate's


class Limits(Frozen):
    """What one candidate may use, all its calls together."""

    seconds: float = Field(default=10.0, gt=0)
    """Wall-clock seconds that the judge waits for the candidate."""
    memory_mb: int = Field(default=1024, ge=64)
    """Address space of each of its processes, MiB."""
    disk_mb: int = Field(default=64, ge=1)
    """Its private tmpfs, MiB."""
    processes: int = Field(default=16, ge=1)
    """Processes and threads alive at once."""
    output_kb: int = Field(default=256, ge=1)
    """What it may print, KiB; a tail of 4 KiB is kept."""
    reply_mb: int = Field(default=64, ge=1)
    """One answer over the wall, MiB."""
    cpus: int | None = Field(default=None, ge=1)
    """Processors that all its processes together may use; None: all that there are."""
    gpus: int = Field(default=0, ge=0)
    """Graphics processors that its container is given. Only docker can: the other sandboxes show no such device."""


class Resources(Frozen):
    """What a candidate used, measured outside of it."""

    wall_s: float = 0.0
    """Seconds that the judge waited for the candidate."""
    cpu_s: float = 0.0
    """CPU seconds, user and system, of all its processes."""
    memory_mb: float = 0.0
    """Peak resident memory, MiB."""


def together(used: Sequence[Resources]) -> Resources:
    """What they used one after the other."""
    return Resources(
        wall_s=sum(each.wall_s for each in used),
        cpu_s=sum(each.cpu_s for each in used),
        memory_mb=max((each.memory_mb for each in used), default=0.0),
    )


MOST_CURVES = 24
MOST_CHECKPOINTS = 64
CURVE_NAME = 64
"""Characters."""
Curve = Annotated[list[float], Field(min_length=1, max_length=MOST_CHECKPOINTS)]


class Outcome(Frozen):
    """What the verifier found.

    `metrics` are further measurements, `features` place the candidate in an archive, `instances` are scores per
    instance (same direction as `score`), `feedback` is text for the next prompt: the reason, a traceback, a
    counterexample.
    """

    verdict: Verdict
    score: float | None = None
    metrics: dict[str, float] = Field(default_factory=dict)
    features: dict[str, float] = Field(default_factory=dict)
    instances: dict[str, float] = Field(default_factory=dict)
    feedback: str = ""
    output: str = ""
    """Tail of what the candidate printed; evidence, never a score."""
    curves: dict[Annotated[str, Field(min_length=1, max_length=CURVE_NAME)], Curve] = Field(
        default_factory=dict, max_length=MOST_CURVES
    )
    """Values over a training by name, at evenly spaced checkpoints; `refine.curves.curves` makes them from what came
    back, and prompts show them. Evidence, never a score."""
    artifacts: dict[str, str] = Field(default_factory=dict)
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _score_exists_with_passed_and_only_with_it(self) -> Self:
        if (self.verdict is Verdict.PASSED) != (self.score is not None):
            raise ValueError("a score exists with PASSED and only with it")
        return self

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASSED


@dataclass(frozen=True, slots=True)
class Candidate:
    """One hypothesis as text; `id` is the first 32 hex digits of its SHA-256."""

    text: str
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", digest(self.text)[:32])


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 text (lone surrogates kept apart, so that any str has one), 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Message(Frozen):
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate and its outcome, as a prompt shows them."""

    candidate: Candidate
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked.

    Attributes:
        ask: number of this ask in the run, from 0 (ask 0 is the seeds).
        messages: what a language model reads.
        parents: what those messages show, best parent first, for proposers that work on programs.
        move: the strategy's name for this way of asking.
        edit: whether the answers are whole candidates or changes to the first of `parents`, and of which kind.
        repairs: the ask and the sample whose failure this one is to cure.
        wants: what the answers are: candidates, or lessons in words.
        model: the one of several models that is to answer; "" leaves it to the proposer.
        samples: the sample indices wanted, each from 0; after a crash only those not yet answered.
        seed: the run's seed. A proposer that needs chance draws from `default_rng([seed, ask, sample])`.
        params: sampling parameters that the strategy sets (temperature, ...); a proposer's own options override them.
        direction: whether more or less is better, for proposers that compare parents.
    """

    ask: int
    messages: tuple[Message, ...]
    parents: tuple[Shown, ...] = ()
    samples: tuple[int, ...] = (0,)
    seed: int = 0
    params: dict[str, Json] = field(default_factory=dict)
    direction: Direction = "maximize"
    move: str = ""
    edit: Edit = "whole"
    repairs: tuple[int, int] | None = None
    wants: Wanted = "candidates"
    model: str = ""


class Usage(Frozen):
    """What a completion cost. `usd` None is *unpriced* (no price is known), which is not the same as 0."""

    prompt_tokens: Annotated[int, Field(ge=0)] | None = None
    completion_tokens: Annotated[int, Field(ge=0)] | None = None
    usd: Annotated[float, Field(ge=0)] | None = None


class Completion(Frozen):
    """One answer. `usage` is None where no language model was asked (mutation, a person, the seeds)."""

    sample: int
    text: str
    model: str
    usage: Usage | None = None
    finish: str | None = None
    """Why the model stopped, in its own words: stop, length, content_filter."""
    note: str = ""
    """Where it comes from, for people: "crossover of 1a2b3c4d and 5e6f7a8b"."""
    key: str = ""
    """Content address: SHA-256 of model, messages, parameters and sample index; what `replay` looks up."""
    seconds: float | None = None
    """How long the model took, an even share where one request brought several answers; None where none was asked."""
