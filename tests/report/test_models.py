from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from refine.journal import Journal
from refine.proposers.mixed import mixed
from refine.report.history import read
from refine.report.models import Record, records
from refine.types import Completion, Prompt, Usage
from tests.fakes import Counts, toy
from tests.recorded import record


class Climbs(Counts):
    """Adds `step` to the best number shown, for money; what it takes is known if `timed`."""

    def __init__(self, name: str, step: int, *, timed: bool) -> None:
        super().__init__()
        self._name, self._step, self._timed = name, step, timed

    @property
    def name(self) -> str:
        return self._name

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            score = int(prompt.parents[0].outcome.score or 0)
            text = f"```python\nx = {score + self._step * (100 + sample) + prompt.ask}\n```"
            usage, seconds = Usage(usd=0.5), 2.0 if self._timed else None
            yield Completion(sample=sample, text=text, model=self._name, usage=usage, seconds=seconds)


async def test_each_model_has_its_record(tmp_path: Path) -> None:
    both = mixed([(Climbs("up", 1, timed=True), 1), (Climbs("down", -9, timed=False), 1)])
    with Journal.read(await record(toy(tmp_path), tmp_path / "run.db", proposer=both)) as journal:
        history = read(journal)
        up, down = sorted(records(history), key=lambda row: row.model, reverse=True)
    passed = {
        name: sum(1 for v in history.outcomes.values() if history.answers[v.ask, v.sample].model == name)
        for name in ("up", "down")
    }
    assert up.answers + down.answers == 39
    assert (up.passed, down.passed) == (passed["up"], passed["down"])
    assert up == Record("up", up.answers, 0, up.passed, up.passed, 0.5 * up.answers, 2.0 * up.answers, up.recently)
    assert (down.improved, down.usd, down.seconds) == (0, 0.5 * down.answers, None)
    assert up.recently + down.recently == pytest.approx(1)
    assert up.as_json()["improved"] == up.passed


async def test_who_wrote_nothing_has_no_record(tmp_path: Path) -> None:
    with Journal.read(await record(toy(tmp_path), tmp_path / "run.db", candidates=1)) as journal:
        assert records(read(journal)) == ()
