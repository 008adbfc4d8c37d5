"""Answers from a recording, never from a model: `replay:RUN.db`, where the file is a journal or a cassette.

An answer is found by what was asked: model, messages, parameters, sample. So a replay of the same task with the same
seed, strategy and sampling options is the same run bit for bit, and anything that changed shows as a miss.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path

from refine.errors import Fault, UsageError
from refine.events import Fact
from refine.proposers import Options, content_key
from refine.proposers.cassette import Cassette, is_cassette
from refine.task import Task
from refine.types import Completion, Json, Prompt

_Takes = dict[int, Completion]


def connect(spec: str, options: Options, task: Task) -> Replay:
    """`replay:FILE`. Raises `UsageError` or `JournalError` if the file is no recording."""
    del task
    name = spec.partition(":")[2]
    path = Path(name)
    if not name or not path.is_file():
        raise UsageError(f"--model {spec}: there is no recording {name or '(write replay:RUN.db)'}")
    if is_cassette(path):
        with Cassette.open(path) as cassette:
            return Replay(spec, cassette.completions(), options)
    from refine.journal import Journal  # noqa: PLC0415 - one floor up; only this function knows of it

    with Journal.read(path) as journal:
        given = options.over({})
        asked = options if given else Options.model_validate(journal.started.options)
        return Replay(spec, journal.completions(), asked, recorded=tuple(journal.facts()))


def replaying(cassette: Cassette, options: Options | None = None) -> Replay:
    """Answers from an open cassette alone."""
    return Replay(f"replay:{cassette.path}", cassette.completions(), options or Options())


class Replay:
    """Answers by content from `(ask, completion)` pairs; completions without a key (the seeds) are left out.

    Where the same question was asked more than once, the ask of the same number is preferred, then the first.
    `recorded` are the facts of the journal that it answers from, for who wants to repeat their order.
    """

    def __init__(
        self,
        name: str,
        answers: Iterable[tuple[int, Completion]],
        options: Options,
        recorded: tuple[Fact, ...] | None = None,
    ) -> None:
        self.name = name
        self.recorded = recorded
        self._options = options
        self._answers: dict[str, _Takes] = {}
        self._models: list[str] = []
        for ask, completion in answers:
            if completion.key:
                self._answers.setdefault(completion.key, {}).setdefault(ask, completion)
                if completion.model not in self._models:
                    self._models.append(completion.model)

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            yield self._answer(prompt, sample)

    async def aclose(self) -> None:
        pass

    def _answer(self, prompt: Prompt, sample: int) -> Completion:
        takes = [found for key in self._keys(prompt, sample) if (found := self._answers.get(key))]
        for found in takes:
            if prompt.ask in found:
                return found[prompt.ask]
        if not takes:
            raise self._miss(prompt, sample)
        return next(iter(takes[0].values()))

    def _keys(self, prompt: Prompt, sample: int) -> Iterator[str]:
        """What the recorded models would have been asked: the one that the prompt names, else any of those that
        answered. Proposers that are no language model do not know the command line's sampling options.
        """
        for model in (prompt.model,) if prompt.model in self._models else self._models:
            for params in self._params(prompt):
                yield content_key(model, prompt.messages, params, sample)

    def _params(self, prompt: Prompt) -> list[Mapping[str, Json]]:
        merged = self._options.over(prompt.params)
        return [merged] if merged == prompt.params else [merged, prompt.params]

    def _miss(self, prompt: Prompt, sample: int) -> Fault:
        wanted = content_key("", prompt.messages, {}, 0)[:12]
        return Fault(
            "model",
            f"{self.name} has no answer to ask {prompt.ask}, sample {sample} (prompt {wanted}): from there on this run"
            " differs from the recording in its task, seed, strategy or sampling options",
            retry=False,
        )
