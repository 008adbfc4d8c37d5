"""Many questions, each asked many times: the amplifier of self-consistency, and the exam before and after training.

A survey is a journal like a search's: what was asked, answered and verified, in order. It has no archive: an ask is a
question, the same whatever came before. All answers to a question are verified together, because a vote needs them
all; so an outcome says what one answer is worth among the others.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from refine import __version__, session
from refine.budget import Budget, Stop, Tally
from refine.errors import Fault, RefineError
from refine.events import Answered, Asked, Event, Fact, Faulted, Resumed, Started, Stopped, Verified
from refine.journal import Journal, is_paid
from refine.prompts import as_text
from refine.proposers import Proposer, content_key
from refine.questions import Question, Verify
from refine.types import Completion, Json, Message, Prompt, digest

_PAUSE_S = 1.0
"""Before a failed ask is asked again; doubles with every fault in a row."""
_TOGETHER_S = 0.5
"""Answers that cost nothing are journalled with the next ones to the same question, if they come within so long."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked, and how often.

    Attributes:
        questions: in the order in which they are asked.
        samples: answers wanted for each.
        system: the system message, if any.
        params: sampling parameters.
        seed: of all chance.
        in_flight: questions asked at once, at most.
        budget: where the survey ends before its last question.
    """

    questions: tuple[Question, ...]
    samples: int
    system: str = ""
    params: dict[str, Json] = field(default_factory=dict)
    seed: int = 0
    in_flight: int = 16
    budget: Budget = field(default_factory=Budget)

    def prompt(self, ask: int) -> Prompt:
        """Ask number `ask`, from 1, is for question `ask` - 1."""
        system = (Message(role="system", content=self.system),) if self.system else ()
        messages = (*system, Message(role="user", content=self.questions[ask - 1].text))
        samples = tuple(range(self.samples))
        return Prompt(ask, messages, samples=samples, seed=self.seed, params=self.params, move="question")

    def described(self) -> dict[str, Json]:
        """What the journal records as its strategy: all that shapes an ask."""
        sizes: dict[str, Json] = {"samples": self.samples, "questions": len(self.questions)}
        return {"name": "survey", **sizes, "system": self.system, "params": self.params}


def take_up(path: Path, plan: Plan, *, name: str, model: str, metric: str) -> Journal:
    """The journal of a survey, new or to be gone on with; `name` is that of the set of questions.

    Raises:
        JournalError: it is the journal of other questions, of another model, or of other sampling.
    """
    asked = digest(as_text([Message(role="user", content=question.text) for question in plan.questions]))
    return session.take_up(
        path,
        Started(
            refine=__version__,
            task=name,
            task_digest=asked,
            direction="maximize",
            metric=metric,
            seed=plan.seed,
            strategy=plan.described(),
            model=model,
            sandbox="none",
            secret=secrets.token_hex(16),
        ),
    )


class Survey:
    """One session of a survey; what its journal holds already is neither asked nor verified again.

    Args:
        journal: of this plan, new or to be gone on with.
        verify: what the answers to one question are worth; called in a thread.
        observe: is called with each fact after it is journalled.
    """

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        proposer: Proposer,
        verify: Verify,
        observe: Callable[[Fact], None] = lambda _fact: None,
    ) -> None:
        self.tally = Tally()
        self._plan, self._journal, self._proposer = plan, journal, proposer
        self._verify, self._observe = verify, observe
        self._one_at_a_time = asyncio.Lock()
        """The solver behind a comparison answers one question at a time."""
        self._texts: dict[int, dict[int, str]] = {}
        self._asked: set[int] = set()
        self._verified: set[tuple[int, int]] = set()
        for fact in journal.facts():
            self._take(fact)

    async def go(self) -> Stop:
        """Asks what is left. Raises `Fault` when the model fails `budget.faults` times in a row."""
        places = asyncio.Semaphore(self._plan.in_flight)
        try:
            async with asyncio.TaskGroup() as group:
                for ask in range(1, len(self._plan.questions) + 1):
                    await places.acquire()
                    if (stop := self._over()) is not None:
                        break
                    group.create_task(self._one(ask)).add_done_callback(lambda _: places.release())
                else:
                    stop = Stop("candidates", f"all {len(self._plan.questions)} questions are asked")
        except* RefineError as failed:
            raise _first(failed) from None
        self._commit([Stopped(reason=stop.reason, detail=stop.detail)])
        return stop

    def _over(self) -> Stop | None:
        stop = self._plan.budget.stop(self.tally, None, "maximize")
        if stop is None and self._plan.budget.room(self.tally) == 0:
            return Stop("usd", "what is in flight may use what is left of the budget")
        return stop

    async def _one(self, ask: int) -> None:
        prompt = self._plan.prompt(ask)
        if ask not in self._asked:
            event = Asked(
                ask=ask,
                samples=len(prompt.samples),
                parents=(),
                messages=digest(as_text(prompt.messages))[:32],
                params=prompt.params,
                move=prompt.move,
            )
            self._commit([event], [as_text(prompt.messages)])
        await self._answer(prompt)
        await self._settle(ask)

    async def _answer(self, prompt: Prompt) -> None:
        pause = _PAUSE_S
        while left := set(prompt.samples) - set(self._texts.get(prompt.ask, ())):
            try:
                await self._ask(replace(prompt, samples=tuple(sorted(left))))
                self._is_complete(prompt)
            except Fault as fault:
                self._commit([Faulted(where=fault.where, message=str(fault), ask=prompt.ask)])
                if not fault.retry or self.tally.faults_in_a_row >= self._plan.budget.faults:
                    raise
                await asyncio.sleep(pause)
                pause *= 2

    async def _ask(self, prompt: Prompt) -> None:
        """Journals what is answered: at once what was paid for, else what comes within `_TOGETHER_S` together."""
        held: list[tuple[Answered, str]] = []
        since = 0.0
        try:
            async for completion in self._proposer(prompt):
                since = since if held else time.monotonic()
                held.append((event := _answered(prompt, completion), completion.text))
                if is_paid(event) or time.monotonic() - since > _TOGETHER_S:
                    self._commit(*zip(*held, strict=True))
                    held.clear()
        finally:
            if held:
                self._commit(*zip(*held, strict=True))

    def _is_complete(self, prompt: Prompt) -> None:
        if set(prompt.samples) - set(self._texts.get(prompt.ask, ())):
            raise Fault("model", f"{self._proposer.name} gave fewer answers than it was asked for")

    async def _settle(self, ask: int) -> None:
        left = [sample for sample in range(self._plan.samples) if (ask, sample) not in self._verified]
        if not left:
            return
        names = self._texts[ask]
        known = {name: self._journal.text(name) for name in set(names.values())}
        texts = [known[names[sample]] for sample in range(self._plan.samples)]
        async with self._one_at_a_time:
            outcomes = await asyncio.to_thread(self._verify, self._plan.questions[ask - 1], texts)
        self._commit(
            [Verified(ask=ask, sample=sample, candidate=names[sample], outcome=outcomes[sample]) for sample in left]
        )

    def _commit(self, events: Iterable[Event], texts: Iterable[str] = ()) -> None:
        for fact in self._journal.extend(events, texts):
            self._take(fact)
            self._observe(fact)

    def _take(self, fact: Fact) -> None:
        match fact.event:
            case Asked() as event:
                self._asked.add(event.ask)
                self.tally.asked += event.samples
            case Answered() as event:
                self._texts.setdefault(event.ask, {})[event.sample] = event.text
                self.tally.billed(event.usage, of_a_model=True)
                self.tally.faults_in_a_row = 0
            case Verified() as event:
                self._verified.add((event.ask, event.sample))
                self.tally.verified += 1
            case Resumed():
                self.tally.faults_in_a_row = 0
            case Faulted() as event:
                self.tally.faults += 1
                self.tally.faults_in_a_row += 1
                self.tally.last_fault = event.message
            case _:
                pass


def _answered(prompt: Prompt, completion: Completion) -> Answered:
    key = completion.key or content_key(completion.model, prompt.messages, prompt.params, completion.sample)
    said = completion.model_dump(exclude={"text", "key"}, exclude_defaults=True)
    return Answered(ask=prompt.ask, text=digest(completion.text)[:32], key=key, **said)


def _first(group: ExceptionGroup[RefineError]) -> RefineError:
    """One of what went wrong: the others are the same world's, and in the journal."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error
