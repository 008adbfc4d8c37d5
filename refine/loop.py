"""The one loop that meets the world: ask, propose, extract, verify, tell; and write down each step before the next.

Asking, answering and verifying overlap freely. Whenever an answer or an outcome is journalled, everything that the
state now allows to be asked is asked: so what is asked follows from the journal's order alone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace

from refine import prompts
from refine.archives import SEEDS
from refine.attempts import Place
from refine.budget import Budget, Stop
from refine.errors import Fault, TaskError
from refine.events import Answered, Asked, Confirmed, Event, Fact, Faulted, Learned, Stopped, Verified
from refine.extract import Unreadable, extract
from refine.facts import asked, embedded, judged, rejected, repeated
from refine.journal import Journal
from refine.likeness import Alike
from refine.novelty import form
from refine.opinions import About, Opinions
from refine.order import AsItComes, Order
from refine.proposers import Proposer, content_key
from refine.proposers.embedding import Embedder
from refine.search import Search
from refine.types import Candidate, Completion, Outcome, Prompt, Shown, Verdict, digest
from refine.verifiers.judge import Stage
from refine.verifiers.wanted import AskEngine
from refine.workers import Workers

_TICK_S = 0.5
"""How often the budget of seconds is looked at while nothing happens."""
_ATTEMPTS = 2
"""Verifications of one candidate before a failing world makes it dropped."""
_PAUSE_S = 1.0
"""Before a failed ask is asked again; doubles with every fault in a row."""

Observer = Callable[[Fact, Search], None]


@dataclass(slots=True)
class Run:
    """One session of a run.

    Args:
        search: the state, folded from `journal`.
        observe: is called with each fact after it is journalled and applied.
        order: `AsItComes`, or `AsRecorded` to repeat a recorded run.
        embedder: tells what is too like an elite to be verified; None leaves nothing out.
        opinions: the judge model, for verifiers that ask one; None where there is none.
    """

    search: Search
    journal: Journal
    proposer: Proposer
    workers: Workers
    budget: Budget
    observe: Observer = lambda _fact, _search: None
    order: Order = field(default_factory=AsItComes)
    embedder: Embedder | None = None
    opinions: Opinions | None = None
    stop: Stop | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _twins: dict[str, asyncio.Event] = field(default_factory=dict)
    _at: float = field(default_factory=time.time)
    """When the last fact was written, or the session began."""
    _model_answers: bool = False
    """Whether the model has answered in this session: one that never did is not asked again and again."""
    _embeds: bool = False

    async def go(self) -> Stop:
        """Runs until the budget ends it and all that was asked is verified; confirms the champion; says why it ended.

        Raises:
            TaskError: a seed fails the task's own verifier.
            Fault: the world failed in a way that asking again cannot help.
        """
        try:
            self._take_up()
            self._ask_all()
            while self._tasks:
                done, _ = await asyncio.wait(self._tasks, timeout=_TICK_S, return_when=asyncio.FIRST_COMPLETED)
                self._tasks -= done
                failed = [error for task in done if (error := task.exception()) is not None]
                if failed:
                    raise failed[0]  # the others are the same world's: each is in the journal
                self._watch_the_clock()
            stop = self.stop or Stop("candidates", "there is nothing left to ask")
            if stop.good:
                await self._confirm_all()
        finally:
            await self._cancelled()
        self._commit(Stopped(reason=stop.reason, detail=stop.detail))
        return stop

    def interrupt(self) -> None:
        """Asks for nothing more. What is in flight is still paid for, so it is waited for."""
        self.stop = Stop("interrupted", "interrupted")

    # ask

    def _ask_all(self) -> None:
        """Asks everything that the state allows now."""
        self.stop = self.stop or self._over()
        while self.stop is None and (samples := self.search.room(self.budget)) > 0:
            prompt = self.search.draft(samples)
            self._commit(asked(prompt), [prompts.as_text(prompt.messages)])
            self._start(self._propose(prompt))
            self.stop = self._over()

    def _over(self) -> Stop | None:
        best = self.search.best.outcome.score if self.search.best else None
        return self.budget.stop(self.search.tally, best, self.search.task.direction)

    def _watch_the_clock(self) -> None:
        limit = self.budget.seconds
        if limit is not None and self.stop is None and self.search.tally.seconds + time.time() - self._at >= limit:
            self.stop = Stop("seconds", f"the {limit:g} seconds are over")

    # propose

    async def _propose(self, prompt: Prompt) -> None:
        """Journals each answer as it comes and has it verified; asks again for what the world failed to answer."""
        pause = _PAUSE_S
        while wanted := self.search.unanswered.get(prompt.ask):
            try:
                async for completion in self._answers(replace(prompt, samples=tuple(sorted(wanted)))):
                    await self._answered(prompt, completion)
                self._is_complete(prompt)
            except Fault as fault:
                self._commit(Faulted(where=fault.where, message=str(fault), ask=prompt.ask))
                if not (fault.retry and self._model_answers):
                    raise
                self.stop = self.stop or self._over()
                if self.stop is not None:
                    return
                await asyncio.sleep(pause)
                pause *= 2

    def _is_complete(self, prompt: Prompt) -> None:
        if self.search.unanswered.get(prompt.ask):
            raise Fault("model", f"{self.proposer.name} gave fewer answers than it was asked for")

    async def _answers(self, prompt: Prompt) -> AsyncIterator[Completion]:
        if prompt.ask == SEEDS and self.search.seeds:
            for sample in prompt.samples:
                yield Completion(sample=sample, text=self.search.seeds[sample].text, model="seed")
            return
        async for completion in self.proposer(prompt):
            self._model_answers = True
            yield completion

    async def _answered(self, prompt: Prompt, completion: Completion) -> None:
        key = completion.key or content_key(completion.model, prompt.messages, prompt.params, completion.sample)
        keyed = completion.model_copy(update={"key": key})
        event = Answered(
            ask=prompt.ask, text=digest(keyed.text)[:32], **keyed.model_dump(exclude={"text"}, exclude_defaults=True)
        )
        await self._settle(event, [keyed.text])
        self._start(self._verify(prompt.ask, completion.sample, completion.text))

    # verify

    async def _verify(self, ask: int, sample: int, answer: str) -> None:
        if ask in self.search.reflecting:
            await self._settle(Learned(ask=ask, sample=sample))
            return
        language = self.search.task.language
        found = Candidate(answer) if ask == SEEDS else extract(answer, language, *self.search.base(ask))
        if isinstance(found, Unreadable):
            outcome = Outcome(verdict=Verdict.MALFORMED, feedback=found.why)
            await self._settle(Verified(ask=ask, sample=sample, candidate=None, outcome=outcome))
            return
        own = form(found, language)
        await self._until_its_twin_is_known(own)
        same = self.search.known(found)
        if same is not None:
            await self._settle(repeated((ask, sample), same))
            return
        known = self._twins[own] = asyncio.Event()
        try:
            near = await self._too_alike((ask, sample), found)
            if near is not None:
                await self._settle(rejected((ask, sample), found, language, near), [found.text])
                return
            await self._judge(ask, sample, found)
        finally:
            known.set()
            self._twins.pop(own, None)

    async def _until_its_twin_is_known(self, own: str) -> None:
        """The same program is never verified twice, not even at the same time."""
        while (known := self._twins.get(own)) is not None:
            await known.wait()

    async def _too_alike(self, place: Place, candidate: Candidate) -> Alike | None:
        """Who it is too like, by its embedding; after a fault it is verified without one. A model that never gave an
        embedding in this session is no model to go on with: its fault is raised.
        """
        if self.embedder is not None and place not in self.search.likeness.pending:
            ask, sample = place
            try:
                embedding = await self.embedder(candidate)
            except Fault as fault:
                await self._settle(Faulted(where=fault.where, message=str(fault), ask=ask, sample=sample))
                if not self._embeds:
                    raise
                return None
            if embedding is None:
                return None
            self._embeds, name = True, self.embedder.name
            await self._settle(embedded(place, candidate, embedding.vector, name, embedding.usage))
        return self.search.likeness.alike(place)

    async def _judge(self, ask: int, sample: int, candidate: Candidate) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                outcome = await self._verdict(candidate, About(ask, sample))
                break
            except Fault as fault:
                if fault.where == "model":  # the judge model: journalled where it was asked, and no fault of this one's
                    raise
                dropped = attempt == _ATTEMPTS or not fault.retry
                event = Faulted(where=fault.where, message=str(fault), ask=ask, sample=sample, dropped=dropped)
                if dropped and self._is_the_tasks_own(ask, sample):
                    self._commit(event)
                    raise self._about_the_seed(fault) from fault
                await self._settle(event)
                if dropped:
                    return
        if not outcome.passed and self._is_the_tasks_own(ask, sample):
            raise TaskError(
                f"seed {sample} of task {self.search.task.name} fails its own verifier: "
                f"{outcome.verdict}: {outcome.feedback.strip() or 'it says no more'}"
            )
        found = judged((ask, sample), candidate, self.search.task.language, outcome)
        await self._settle(found, [candidate.text])

    async def _verdict(self, candidate: Candidate, about: About) -> Outcome:
        ask = self._asking(about)
        if self.search.task.noise is None:
            return await self.workers.verify(candidate, ask=ask)
        best = self.search.best.outcome.score if self.search.best else None
        return await self.workers.verify(candidate, seed=self.journal.started.chance, against=best, ask=ask)

    def _asking(self, about: About) -> AskEngine | None:
        """How a verifier asks the judge model."""
        opinions = self.opinions
        return None if opinions is None else lambda wanted: opinions(wanted, about, self._settle)

    def _is_the_tasks_own(self, ask: int, sample: int) -> bool:
        """Whether this is one of the task's seeds, which must pass, and no program of a warm start, which need not."""
        return ask == SEEDS and sample < len(self.search.task.seeds)

    def _about_the_seed(self, fault: Fault) -> Exception:
        if fault.where == "verifier":
            return TaskError(f"task {self.search.task.name}, on its own seed: {fault}")
        return fault

    # confirm

    async def _confirm_all(self) -> None:
        """The champion, the first seed and the baselines, once each, on what the search never saw."""
        task, best = self.search.task, self.search.best
        have = {
            (f.event.name, f.event.candidate, f.event.on)
            for f in self.journal.facts()
            if isinstance(f.event, Confirmed)
        }
        named = [("best", best.candidate)] if best else []
        named += [("seed", seed) for seed in task.seeds[:1]]
        baselines = [(name, Candidate(text)) for name, text in task.baselines.items()]
        wanted: list[tuple[str, Candidate, Stage]] = [(name, c, "search") for name, c in baselines]
        if task.confirm is not None:
            wanted += [(name, c, "held-out") for name, c in [*named, *baselines]]
        todo = [(name, c, on) for name, c, on in wanted if (name, c.id, on) not in have]
        await asyncio.gather(*(self._confirm(name, candidate, on) for name, candidate, on in todo))

    async def _confirm(self, name: str, candidate: Candidate, on: Stage) -> None:
        started, ask = self.journal.started, self._asking(About())
        try:
            if on == "search" and candidate.id in self.search.verdicts:  # in the burn-in, or found again
                outcome = self.journal.shown(candidate.id).outcome
            elif on == "held-out":
                outcome = await self.workers.verify(candidate, stage=on, seed=started.held_out, ask=ask)
            elif self.search.task.noise is not None:
                outcome = await self.workers.verify(candidate, seed=started.chance, ask=ask)
            else:
                outcome = await self.workers.verify(candidate, ask=ask)
        except Fault as fault:
            self._commit(Faulted(where=fault.where, message=f"confirming {name}: {fault}"))
            return
        self._commit(Confirmed(name=name, on=on, candidate=candidate.id, outcome=outcome), [candidate.text])

    # journal

    def _commit(self, event: Event, texts: Iterable[str] = ()) -> None:
        """Journal first, then state, then whoever watches."""
        fact = self.journal.append(event, texts)
        self._at = fact.at
        self.search.apply(fact)
        self.observe(fact, self.search)

    async def _settle(self, event: Event, texts: Iterable[str] = ()) -> None:
        """Commits an answer or an outcome in its turn, and asks what follows from it."""
        await self.order.turn(event)
        self._commit(event, texts)
        self.order.done(event)
        self._ask_all()

    def _take_up(self) -> None:
        """After a crash: what was asked and not answered is asked again, what was answered is verified."""
        for fact in self.journal.facts() if self.search.unanswered or self.search.unverified else ():
            match fact.event:
                case Asked(ask=ask) as event if ask in self.search.unanswered:
                    self._start(self._propose(self._prompt(event)))
                case Answered(ask=ask, sample=sample) as event if (ask, sample) in self.search.unverified:
                    self._start(self._verify(ask, sample, self.journal.text(event.text)))
                case _:
                    pass

    def _prompt(self, event: Asked) -> Prompt:
        """The prompt as it was asked."""
        parents: tuple[Shown, ...] = tuple(self.journal.shown(candidate) for candidate in event.parents)
        messages = self.journal.messages(event.messages)
        samples, task = tuple(range(event.samples)), self.search.task
        how = (event.move, event.edit, event.repairs, event.wants, event.model)
        return Prompt(event.ask, messages, parents, samples, self.search.seed, event.params, task.direction, *how)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.add(asyncio.create_task(work))

    async def _cancelled(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
