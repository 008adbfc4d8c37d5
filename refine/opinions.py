"""Asking the judge model on behalf of verifiers, which run in another process and hold no key.

The engine asks, so keys stay in it and every draw is journalled before the verifier sees it. An opinion is found by its
content (model, messages, parameters, draw): after a crash, in a second attempt, and in a repeated run nothing is asked
or paid twice.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from refine.errors import Fault
from refine.events import Event, Fact, Faulted, Opined
from refine.proposers import Proposer, content_key
from refine.types import Json, Prompt
from refine.verifiers.wanted import Said, Wanted

_PAUSE_S = 1.0
"""Before a failed question is asked again; doubles with every fault in a row."""

Settle = Callable[[Event], Awaitable[None]]
"""Journals an event; the opinion is handed on when it returns."""


class About(NamedTuple):
    """Whose verification wants to know: an answer's place, or none for a confirmation."""

    ask: int | None = None
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How the world's failures are borne: `faults` in a row end the run; `pause` seconds before the second try."""

    faults: int = 10
    pause: float = _PAUSE_S


class Opinions:
    """The judge model, and what it said so far.

    Args:
        model: is asked what is not known yet; None where nothing but the recorded is to be had.
        name: of the model, as the journal records it.
        known: facts of this journal: what they hold is handed on as it is.
        recorded: facts of another journal that is repeated: what they hold is journalled as if it were asked.
        seed: of the run, for models whose chance is ours.
    """

    def __init__(
        self,
        model: Proposer | None,
        *,
        name: str,
        known: Iterable[Fact] = (),
        recorded: Iterable[Fact] = (),
        seed: int = 0,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self._model = model
        self._known = {event.key: event for event in _opinions(known)}
        self._recorded = {event.key: event for event in _opinions(recorded)}
        self._seed = seed
        self._patience = patience or Patience()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._answers = False
        """Whether the model has answered in this session: one that never did is not asked again and again."""

    async def __call__(self, wanted: Wanted, about: About, settle: Settle) -> tuple[Said, ...]:
        """The draws that are wanted, in their order.

        Raises:
            Fault: the model failed too often in a row, cannot be asked, or is not there (`where="model"`).
        """
        keys = [content_key(self.name, wanted.messages, params(wanted), draw) for draw in range(wanted.draws)]
        async with self._locks[keys[0]]:  # who wants to know the same waits, and pays nothing
            await self._repeat(keys, about, settle)
            await self._find(wanted, keys, about, settle)
        return tuple(Said(text=self._known[key].text, usage=self._known[key].usage) for key in keys)

    async def aclose(self) -> None:
        if self._model is not None:
            await self._model.aclose()

    async def _repeat(self, keys: list[str], about: About, settle: Settle) -> None:
        """Takes what another journal holds, in its order."""
        wanted = set(keys) - self._known.keys()
        for key in [key for key in self._recorded if key in wanted]:
            again = self._recorded[key].model_copy(update={"ask": about.ask, "sample": about.sample})
            await self._take(again, settle)

    async def _find(self, wanted: Wanted, keys: list[str], about: About, settle: Settle) -> None:
        faults = 0
        while left := tuple(draw for draw, key in enumerate(keys) if key not in self._known):
            try:
                await self._ask(wanted, keys, left, about, settle)
                faults = 0
            except Fault as fault:
                faults += 1
                await settle(Faulted(where="model", message=str(fault), ask=about.ask, sample=about.sample))
                if not (fault.retry and self._answers) or faults >= self._patience.faults:
                    raise
                await asyncio.sleep(self._patience.pause * 2 ** (faults - 1))

    async def _ask(self, wanted: Wanted, keys: list[str], draws: tuple[int, ...], about: About, settle: Settle) -> None:
        if self._model is None:
            raise Fault("model", f"the recording holds no such opinion of {self.name}", retry=False)
        number = int(keys[0][:7], 16)  # chance depends on what is asked, not on when
        prompt = Prompt(number, wanted.messages, samples=draws, seed=self._seed, params=params(wanted), move="opinion")
        async for said in self._model(prompt):
            self._answers = True
            found = {"key": keys[said.sample], "draw": said.sample, "text": said.text, "model": self.name}
            await self._take(Opined(ask=about.ask, sample=about.sample, usage=said.usage, **found), settle)
        if any(keys[draw] not in self._known for draw in draws):
            raise Fault("model", f"{self.name} gave fewer opinions than it was asked for")

    async def _take(self, opinion: Opined, settle: Settle) -> None:
        await settle(opinion)
        self._known[opinion.key] = opinion


def params(wanted: Wanted) -> dict[str, Json]:
    """The sampling parameters of the request."""
    return {"temperature": wanted.temperature, "max_tokens": wanted.max_tokens}


def _opinions(facts: Iterable[Fact]) -> list[Opined]:
    return [fact.event for fact in facts if isinstance(fact.event, Opined)]


async def unrecorded(_event: Event) -> None:
    """Where there is no journal to settle in: a check, or a replay of what is there."""
