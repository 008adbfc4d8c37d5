from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Fault
from refine.journal import Journal
from refine.report.history import History, Spend, read, series
from refine.report.summary import summary, whole
from refine.report.table import CONTROL, improvement, metrics, on_selection, rows
from refine.search import Search, fold
from refine.strategies import preset
from refine.types import Completion, Outcome, Prompt, Usage, Verdict
from tests.fakes import Counts, Scores, number, toy
from tests.recorded import record


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    with Journal.read(await record(toy(tmp_path), tmp_path / "run.db")) as opened:
        yield opened


class Priced(Counts):
    """Counts, as a language model would answer: the first answer has a price, the others have none."""

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            usage = Usage(prompt_tokens=10, completion_tokens=5, usd=0.25 if (prompt.ask, sample) == (1, 0) else None)
            yield Completion(
                sample=sample, text=number(prompt, sample), model="lm", usage=usage, note="as it was asked"
            )


@pytest.mark.parametrize("direction", ["maximize", "minimize"])
async def test_a_history_says_what_the_search_knows(tmp_path: Path, direction: str) -> None:
    task = toy(tmp_path, direction=direction)
    with Journal.read(await record(task, tmp_path / "run.db")) as journal:
        history = read(journal)
        search = fold(Search(task, preset("default"), texts=journal.text), journal.facts())
    assert search.best is not None
    assert history.best == search.best.candidate.id
    assert history.curve == search.curve
    assert history.verdicts == search.tally.verdicts
    assert (history.repeats, history.asked) == (search.tally.repeats, search.tally.asked)
    assert history.seconds == pytest.approx(search.tally.seconds)
    assert {name: first.outcome.verdict for name, first in history.outcomes.items() if first.outcome} == search.verdicts


async def test_a_lineage_leads_to_the_seed_by_candidates_that_were_shown(journal: Journal) -> None:
    history = read(journal)
    assert history.best is not None
    line = history.lineage(history.best)
    assert line[-1] == history.seed
    assert len(set(line)) == len(line)
    for child, parent in itertools.pairwise(line):
        assert parent in history.origin(child)[0].parents
        assert child in history.children(parent)


async def test_a_parent_is_the_one_that_the_note_names(tmp_path: Path) -> None:
    class Crossing(Counts):
        async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
            last = prompt.parents[-1].candidate.id[:8]
            for sample in prompt.samples:
                yield Completion(sample=sample, text=number(prompt, sample), model="counts", note=f"{last}: changed")

    with Journal.read(await record(toy(tmp_path), tmp_path / "run.db", proposer=Crossing())) as journal:
        history = read(journal)
    several = [name for name in history.outcomes if len(history.origin(name)[0].parents) > 1]
    assert several
    assert all(history.parent(name) == history.origin(name)[0].parents[-1] for name in several)


async def test_spend_tells_priced_unpriced_and_no_language_model_apart(tmp_path: Path) -> None:
    with Journal.read(await record(toy(tmp_path), tmp_path / "run.db", proposer=Priced())) as journal:
        (row,) = read(journal).spend
    assert (row.answers, row.prompt_tokens, row.completion_tokens, row.usd, row.unpriced) == (39, 390, 195, 0.25, 38)
    assert row.in_words() == "$0.2500 and 38 unpriced"
    assert Spend("mutate", answers=3).in_words() == "n/a"
    assert Spend("lm", answers=1, unpriced=1, language_model=True).in_words() == "unpriced"
    assert Spend("lm", answers=1, usd=0.5, language_model=True).in_words() == "$0.5000"


async def test_series_ends_at_the_best_and_never_gets_worse(journal: Journal) -> None:
    history = read(journal)
    known = [score for score in series(history, 10) if score is not None]
    assert known == sorted(known)
    assert known[-1] == history.curve[-1][1]


async def test_the_table_holds_best_seed_and_control_on_both_kinds_of_instances(tmp_path: Path) -> None:
    task = toy(tmp_path)
    drift = await record(task, tmp_path / "control.db", strategy=preset("drift"))
    with Journal.read(await record(task, tmp_path / "run.db")) as one, Journal.read(drift) as two:
        table = rows(read(one), read(two))
        assert [row.name for row in table] == ["best found", "seed", CONTROL]
        assert all(row.search and row.held_out for row in table)
        assert summary(read(one), read(two))["control"] == on_selection(table, "maximize")


def outcome(score: float) -> Outcome:
    return Outcome(verdict=Verdict.PASSED, score=score, metrics={"a": 1.0})


@pytest.mark.parametrize(
    ("direction", "seed", "best", "control", "words"),
    [
        ("maximize", 0.0, 10.0, 4.0, "40%"),
        ("minimize", 10.0, 0.0, 6.0, "40%"),
        ("minimize", 10.0, 0.0, 0.5, "is close"),
        ("maximize", 0.0, 10.0, 12.0, "selection earned nothing"),
        ("minimize", 10.0, 12.0, 1.0, "Nothing was gained"),
        ("maximize", 5.0, 10.0, 1.0, "make 0%"),
    ],
)
def test_what_the_control_says(direction: str, seed: float, best: float, control: float, words: str) -> None:
    from refine.report.table import BEST, SEED, Row

    table = [Row(name, "", outcome(score), None) for name, score in ((BEST, best), (SEED, seed), (CONTROL, control))]
    said = on_selection(table, "maximize" if direction == "maximize" else "minimize")
    assert said is not None
    assert words in said
    assert metrics(table) == ("a",)
    assert on_selection(table[:2], "maximize") is None


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.booleans())
def test_an_improvement_has_the_right_sign(score: float, seed: float, up: bool) -> None:  # noqa: FBT001 - Hypothesis
    words = improvement(score, seed, "maximize" if up else "minimize")
    if score - seed == 0:
        assert words.startswith("the seed's")
    else:
        assert words.startswith("+" if score > seed else "-")
        assert words.endswith("better" if (score > seed) == up else "worse")


async def test_summaries_are_json_and_complete(journal: Journal) -> None:
    history = read(journal)
    told = json.loads(json.dumps(summary(history)))
    assert told["best"]["text"] == journal.text(str(history.best))
    assert told["counts"]["verified"] == 40
    assert told["stop"]["reason"] == "candidates"
    one = json.loads(json.dumps(whole(history, str(history.best))))
    assert one["lineage"][-1] == history.seed
    assert {found["on"] for found in one["confirmed"]} == {"held-out"}


async def test_failures_and_faults_are_told(tmp_path: Path) -> None:
    workers = Scores()
    workers.faults = iter_faults()
    with Journal.read(await record(toy(tmp_path), tmp_path / "run.db", workers=workers)) as journal:
        history: History = read(journal)
    assert [fault.event.kind for fault in history.faults] == ["faulted"]
    failed = history.failures(3)
    assert failed
    assert all(found.outcome is not None and not found.outcome.passed for found in failed)


def iter_faults() -> Iterator[Fault | None]:
    yield from (None, None, Fault("sandbox", "the daemon is gone"))
    yield from itertools.repeat(None)
