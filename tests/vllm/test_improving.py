"""`refine improve --serve vllm` for real: training and vLLM's engine in one process, with adapters and without."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from refine.cli import learning
from refine.cli.practice import Source
from refine.distill.clean import cleaned
from refine.distill.examine import examine
from refine.distill.rows import imitated
from refine.distill.samples import samples
from refine.distill.train import Recipe, train
from refine.improve.exercise import load
from refine.improve.serving import transformers
from refine.improve.stopping import Rules
from refine.improve.tiny import School, made
from refine.proposers import vllm_core
from refine.proposers.vllm import Where
from tasks.ring_road import base as bases

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore")]  # third parties' own

WALKS = (
    "from tasks.ring_road.exercise import exercise as walks\n\n\ndef exercise():\n    return walks(80, 120, seed=0)\n"
)
RECIPE = {"epochs": 6, "batch": 32, "rate": 3e-3}
RANK, ROUNDS = 8, 2


@dataclass
class Engines:
    """The models that vLLM has loaded, and how many at once at most."""

    loaded: list[Path] = field(default_factory=list)
    live: int = 0
    most: int = 0


@contextmanager
def counted() -> Iterator[Engines]:
    found, begin, end = Engines(), vllm_core.load, vllm_core.VllmCore.close

    def loading(where: Where) -> vllm_core.VllmCore:
        found.loaded.append(where.path)
        found.live += 1
        found.most = max(found.most, found.live)
        return begin(where)

    def closing(core: vllm_core.VllmCore) -> None:
        end(core)
        found.live -= 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vllm_core, "load", loading)
        patch.setattr(vllm_core.VllmCore, "close", closing)
        yield found


@dataclass(frozen=True)
class Home:
    """Where it all is."""

    folder: Path
    base: Path
    walks: Path

    def improve(self, name: str, rounds: int, lora: int | None) -> Engines:
        with counted() as engines:
            learning.improve(
                Source(self.walks),
                self.base,
                self.folder / name,
                "lmsi",
                rules=Rules(rounds=rounds, patience=9),
                settings={"samples": 8, "temperature": 1.0, "least": 0.3},
                recipe=RECIPE | {"lora": lora},
                unrelated=None,
                rehearse=None,
                max_tokens=None,
                serve="vllm",
                seed=0,
                as_json=True,
            )
        return engines

    def said(self, journal: str) -> dict[str, str]:
        return {one.question: one.completion.strip() for one in samples(self.folder / journal)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("improving")
    school = School(steps=300, batch=32, context=64, head=32)  # vLLM on a CPU knows no head of 16
    (folder / "walks.py").write_text(WALKS)
    return Home(folder, made(folder / "base", bases.lessons(0), school), folder / "walks.py")


@pytest.fixture(scope="module")
def adapted(home: Home) -> Engines:
    """Two rounds of adapters, in `lora`."""
    return home.improve("lora", ROUNDS, RANK)


def greedy(home: Home, model: Path, name: str) -> dict[str, str]:
    """The answers of transformers to what the rounds examine."""
    exercise = load(home.walks)
    one = transformers(model)
    examine(one, exercise.held_out, home.folder / name, system=exercise.system, tokens=exercise.tokens)
    asyncio.run(one.aclose())
    return home.said(name)


def alike(one: dict[str, str], other: dict[str, str]) -> float:
    """The share of the questions that have the same final answer."""
    assert one.keys() == other.keys()
    return sum(final(one[asked]) == final(other[asked]) for asked in one) / len(one)


def final(text: str) -> str:
    return text.rpartition("####")[2].strip()


def test_all_rounds_of_adapters_are_served_by_one_engine(home: Home, adapted: Engines) -> None:
    assert adapted.loaded == [home.base]
    assert adapted.live == 0
    first, second = (home.said(f"lora/round-{k}/after.db") for k in (1, 2))
    base = home.said("lora/round-1/before.db")
    assert first == home.said("lora/round-2/before.db")
    assert base != first
    assert first != second


def test_greedy_answers_are_those_of_transformers(home: Home, adapted: Engines) -> None:
    """Nearly: one computes in sixteen bits, the other in thirty-two."""
    del adapted
    assert alike(home.said("lora/round-1/before.db"), greedy(home, home.base, "base.db")) >= 0.9


@pytest.mark.parametrize("number", [1, 2])
def test_an_adapter_on_the_base_answers_as_the_merged_model(home: Home, adapted: Engines, number: int) -> None:
    """The second one is two in one: each was trained on the model of the round before."""
    del adapted
    served = home.said(f"lora/round-{number}/after.db")
    merged = greedy(home, home.folder / f"lora/round-{number}/model", f"merged-{number}.db")
    before = home.said(f"lora/round-{number}/before.db")
    same = sum(served[asked] == merged[asked] for asked in served) / len(served)
    assert same >= 0.85
    assert same > sum(before[asked] == merged[asked] for asked in served) / len(served)


def test_what_was_asked_is_not_asked_again(home: Home, adapted: Engines) -> None:
    del adapted
    rounds = [home.folder / f"lora/round-{k}/round.json" for k in (1, 2)]
    before = [one.read_text() for one in rounds]
    for one in rounds:
        one.unlink()  # as if it had been stopped just before it was written
    assert home.improve("lora", ROUNDS, RANK).loaded == []
    assert [one.read_text() for one in rounds] == before
    (home.folder / "lora/round-2/after.db").unlink()
    rounds[1].unlink()
    assert home.improve("lora", ROUNDS, RANK).loaded == [home.base]
    assert rounds[1].read_text() == before[1]


def test_training_beside_an_engine_is_training(home: Home, adapted: Engines) -> None:
    """vLLM sets up torch for itself in this process; the same rows give the same weights all the same."""
    from safetensors.torch import load_file

    del adapted
    rows = cleaned(imitated(list(samples(home.folder / "lora/round-1/survey.db")), least=0.3), ())
    train(home.base, rows.rows, home.folder / "again", Recipe.model_validate(RECIPE | {"lora": RANK, "seed": 1}))
    one, other = (
        load_file(f / "model.safetensors") for f in (home.folder / "again", home.folder / "lora/round-1/model")
    )
    assert all((one[name] == other[name]).all() for name in one)


def test_without_adapters_an_engine_ends_before_the_next_begins(home: Home) -> None:
    engines = home.improve("whole", 1, None)
    assert engines.loaded == [home.base, home.folder / "whole/round-1/model"]
    assert (engines.most, engines.live) == (1, 0)
    served = home.said("whole/round-1/after.db")
    assert served != home.said("whole/round-1/before.db")
    assert alike(served, greedy(home, home.folder / "whole/round-1/model", "whole.db")) >= 0.9
