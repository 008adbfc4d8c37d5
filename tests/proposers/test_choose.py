from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from refine.errors import UsageError
from refine.proposers import Options, Proposer, choose
from refine.proposers.cassette import Cassette
from refine.proposers.choose import connect
from refine.proposers.litellm import LiteLLM
from refine.proposers.manual import Manual
from refine.proposers.mixed import Mixed
from refine.proposers.replay import Replay
from refine.task import Task
from tests.proposers.scripted import Scripted

OPTIONS = Options(api_base="http://127.0.0.1:1/v1")


@pytest.mark.parametrize(
    "spec", ["openai/gpt-5", "hosted_vllm/org/name", "ollama_chat/llama3:8b", "openrouter/a/b:free"]
)
def test_a_provider_and_a_name_are_litellm(spec: str, task: Task) -> None:
    one = connect([spec], OPTIONS, task)
    assert isinstance(one, LiteLLM)
    assert one.name == spec


def test_a_person_and_a_recording(task: Task, tmp_path: Path) -> None:
    Cassette.open(tmp_path / "a=1.db").close()
    assert isinstance(connect(["manual"], OPTIONS, task), Manual)
    assert connect([f"manual:{tmp_path}"], OPTIONS, task).name == f"manual:{tmp_path}"
    assert isinstance(connect([f"replay:{tmp_path}/a=1.db"], OPTIONS, task), Replay)


@pytest.mark.parametrize("models", [[], ["mutate"], ["mutate=2"]])
def test_without_a_model_it_is_the_embedded_one(models: Sequence[str], task: Task) -> None:
    assert connect(models, OPTIONS, task).name == "mutate"


def test_several_are_mixed_with_their_weights(task: Task) -> None:
    both = connect(["openai/a=0.7", "openai/b"], OPTIONS, task)
    assert isinstance(both, Mixed)
    assert both.name == "openai/a=0.7 openai/b=1"


@pytest.mark.parametrize("spec", ["gpt-5", "", "/", "nonsense:x", "repla:run.db"])
def test_what_means_nothing_is_refused_with_what_would(spec: str, task: Task) -> None:
    with pytest.raises(UsageError, match=r"PROVIDER/NAME.*manual\[:FOLDER\]") as caught:
        connect([spec], OPTIONS, task)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("weight", ["0", "-1", "inf"])
def test_a_weight_is_above_nothing(weight: str, task: Task) -> None:
    with pytest.raises(UsageError, match="above 0"):
        connect([f"openai/a={weight}", "openai/b"], OPTIONS, task)


def test_no_recording_is_no_file_made(task: Task, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no recording"):
        connect([f"replay:{tmp_path}/none.db"], OPTIONS, task)
    assert not list(tmp_path.iterdir())


def test_vllm_wants_a_folder(task: Task) -> None:
    with pytest.raises(UsageError, match="org/name holds no config.json"):
        connect(["vllm:org/name"], OPTIONS, task)


def third_party(spec: str, options: Options, task: Task) -> Proposer:
    return Scripted(f"{spec} at {options.temperature:g} for {task.name}")


def test_a_third_party_is_found_by_its_entry_point(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("theirs", f"{__name__}:third_party", choose.GROUP)
    monkeypatch.setattr(choose, "entry_points", lambda group: [point] if group == choose.GROUP else [])
    assert connect(["theirs:x/y"], Options(temperature=0.5), task).name == "theirs:x/y at 0.5 for line"
    with pytest.raises(UsageError, match="theirs"):
        connect(["other"], OPTIONS, task)
