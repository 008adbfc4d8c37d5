"""Whole commands in this process, with real judges; the sandbox is none, since these candidates are ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refine.errors import UsageError
from refine.events import Resumed
from refine.journal import Journal
from tests.cli.conftest import Refine
from tests.stub_model import Stub

NONE = ("--sandbox", "none", "--workers", "1")
Captured = pytest.CaptureFixture[str]
pytestmark = pytest.mark.filterwarnings("ignore:Item .* on TypedDict:UserWarning")  # what litellm imports


def told(capsys: Captured) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_run_ends_with_its_table_its_control_and_where_to_look(
    refine: Refine, capsys: Captured, doubles: str
) -> None:
    assert refine("run", doubles, "--candidates", 40, *NONE) == 0
    said = capsys.readouterr()
    for words in ("built-in syntax-tree mutation; no language model", "doubles.db (new)", "isolates nothing"):
        assert words in said.err
    for words in ("ended (candidates)", "best program", "best found", "seed", "ten", "no selection (control)"):
        assert words in said.out
    for words in (
        "known, published",
        "published: a paper",
        "held-out score",
        "half",
        "generation",
        "refine show runs/doubles.db",
    ):
        assert words in said.out
    assert "to go on: refine run doubles.py" in said.err
    assert "--candidates 80" in said.err


def test_json_goes_on_and_begins_anew(refine: Refine, capsys: Captured, doubles: str) -> None:
    command = ("run", doubles, *NONE, "--json")
    assert refine(*command, "--candidates", 20) == 0
    one = told(capsys)
    assert one["counts"]["verified"] == 20
    assert [row["name"] for row in one["table"]] == ["best found", "seed", "ten", "no selection (control)"]
    assert refine(*command, "--candidates", 45) == 0
    two = told(capsys)
    assert two["counts"]["verified"] == 45
    assert two["curve"][: len(one["curve"])] == one["curve"]
    with Journal.read(Path("runs/doubles.db")) as run, Journal.read(Path("runs/doubles.control.db")) as control:
        assert run.started.secret == control.started.secret, "both are confirmed on the same instances"
        assert control.started.strategy["name"] == "drift"
    assert refine(*command, "--candidates", 20) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["counts"]["verified"] == 45
    assert "had ended already" in said.err
    assert refine(*command, "--candidates", 5, "--fresh", "--no-control") == 0
    assert told(capsys)["counts"]["verified"] == 5
    with Journal.read(Path("runs/doubles.db.1")) as aside:
        assert sum(fact.event.kind == "verified" for fact in aside.facts()) == 45


def test_a_control_of_another_run_is_moved_aside(refine: Refine, capsys: Captured, doubles: str) -> None:
    command = ("run", doubles, *NONE, "--candidates", 5)
    assert refine(*command) == 0
    for part in Path("runs").glob("doubles.db*"):
        part.unlink()
    assert refine(*command, "--seed", 3, "--json") == 0
    capsys.readouterr()
    assert Path("runs/doubles.control.db.1").is_file()


def test_a_model_and_the_replay_of_its_run(
    refine: Refine, capsys: Captured, doubles: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTED_VLLM_API_KEY", "sk-stub")
    with Stub() as stub:
        model = ("--model", "hosted_vllm/stub", "--api-base", stub.url, "--candidates", 14, "--seed", 5)
        assert refine("run", doubles, *model, *NONE, "--json", "-o", "a.db") == 0
        asked = len(stub.requests)
        one = told(capsys)
        assert one["control"] is None
        assert one["spend"][0]["usd"] is None
        assert one["spend"][0]["unpriced"] == 13
        assert one["spend"][0]["prompt_tokens"] > 0
        assert refine("run", doubles, "--model", "replay:a.db", *NONE, "--json", "-o", "b.db") == 0
        two = told(capsys)
        assert len(stub.requests) == asked
    assert two["seed"] == 5
    assert two["curve"] == one["curve"]
    assert two["counts"] == one["counts"]


def test_a_model_that_makes_no_sense_ends_the_run_as_the_worlds_fault(
    refine: Refine, capsys: Captured, doubles: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTED_VLLM_API_KEY", "sk-stub")
    with Stub(always="garbage") as stub:
        assert refine("run", doubles, "-m", "hosted_vllm/stub", "--api-base", stub.url, *NONE) == 3
    said = capsys.readouterr()
    assert "can't be read" in said.err
    assert "to go on: refine run" in said.err
    assert "best program" in said.out


def test_looking_at_a_run(refine: Refine, capsys: Captured, doubles: str) -> None:
    assert refine("run", doubles, "--candidates", 40, "--no-control", *NONE, "-o", "a.db", "--json") == 0
    best = told(capsys)["best"]["id"]
    assert refine("show", "a.db") == 0
    said = capsys.readouterr().out
    for words in ("lineage, latest first", "against candidates", "spend", "mutate", "none: ", best[:8]):
        assert words in said
    assert refine("show", "a.db", best[:10]) == 0
    said = capsys.readouterr().out
    for words in (f"candidate {best}", "outcome (search): passed", "outcome (held-out, as best)", "origin ask"):
        assert words in said
    assert refine("show", "a.db", best, "--prompt") == 0
    with Journal.read(Path("a.db")) as journal:
        asked = next(f.event for f in journal.facts() if f.event.kind == "asked" and f.event.ask == 1)
        assert journal.messages(asked.messages)[1].content.splitlines()[0] in capsys.readouterr().out
    assert refine("show", "a.db", "--json") == 0
    assert told(capsys)["best"]["id"] == best
    assert refine("export", "a.db", "-o", "best.py") == 0
    with Journal.read(Path("a.db")) as journal:
        assert Path("best.py").read_text() == journal.text(best)
    capsys.readouterr()
    assert refine("export", "a.db", "--jsonl") == 0
    assert best in {json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()}


def test_looking_at_a_run_while_it_is_written(refine: Refine, capsys: Captured, doubles: str) -> None:
    assert refine("run", doubles, "--candidates", 5, "--no-control", *NONE, "-o", "a.db") == 0
    with Journal.open(Path("a.db")) as journal:
        journal.append(Resumed(refine="0", sandbox="none"))
        capsys.readouterr()
        assert refine("show", "a.db") == 0
        assert "not ended: it is running" in capsys.readouterr().out
        assert refine("run", doubles, "--no-control", *NONE, "-o", "a.db") == 1
        assert "another process is writing" in capsys.readouterr().err


def test_why_a_sandbox_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    from refine.cli import searching

    def choose(name: str, image: str) -> None:
        raise UsageError(f"no {name} for {image}")

    monkeypatch.setattr(searching, "choose", choose)
    assert searching._why("local", "local: walls", "python") == "as named"
    assert searching._why("auto", "docker: walls", "python") == "auto; the strongest that there is"
    assert searching._why("auto", "local: walls", "python") == "auto; docker: no docker for python"


def test_replaying_a_run(refine: Refine, capsys: Captured, doubles: str) -> None:
    assert refine("run", doubles, "--candidates", 40, "--no-control", *NONE, "-o", "a.db") == 0
    assert refine("replay", "a.db", "--verify", *NONE) == 0
    said = capsys.readouterr().out
    assert "all as recorded" in said
    assert "0 differ" in said
    task = Path(doubles)
    task.write_text(task.read_text() + "\n")
    assert refine("replay", "a.db") == 1
    assert "task changed: the task's files have changed" in capsys.readouterr().out
    task.write_text(task.read_text().replace("larger is better", "the larger the better"))
    assert refine("replay", "a.db", doubles) == 1
    said = capsys.readouterr().out
    assert "differs: ask 1: the messages" in said
    assert "+Write f(x) -> number; the larger the better." in said


def test_making_a_task_and_running_it(refine: Refine, capsys: Captured) -> None:
    assert refine("new", "jobs") == 0
    assert refine("check", "jobs", "--sandbox", "none") == 0
    said = capsys.readouterr().out
    assert "golden patches_the_judge (cheat)" in said
    assert "checks are fine" in said
    assert refine("run", "jobs", "--candidates", 10, "--no-control", *NONE) == 0
    assert refine("check", "jobs", "--sandbox", "none", "--json", "--model", "mutate") == 0


def test_a_task_says_where_a_run_ends_that_is_told_nothing_else(refine: Refine, capsys: Captured) -> None:
    assert refine("new", "brief") == 0
    Path("brief/budget.toml").write_text("candidates = 6\npatience = 60\n")
    assert refine("run", "brief", "--no-control", "--in-flight", 1, "--samples", 1, *NONE) == 0
    said = capsys.readouterr()
    assert "budget    6 candidates, 60 without an improvement" in said.err
    assert "(the task's own where no option says otherwise)" in said.err
    assert "the budget of 6 candidates is used" in said.out
    assert refine("run", "brief", "--no-control", "--in-flight", 1, "--samples", 1, "--candidates", 8, *NONE) == 0
    said = capsys.readouterr()
    assert "budget    8 candidates, 60 without" in said.err
    assert "the budget of 8 candidates is used" in said.out


def test_tasks_are_listed_with_what_is_known(refine: Refine, capsys: Captured) -> None:
    assert refine("tasks", "--json") == 0
    listed = {task["name"]: task for task in json.loads(capsys.readouterr().out)}
    assert listed["bin_packing"]["references"]
    assert refine("tasks") == 0
    assert "bin_packing" in capsys.readouterr().out


def test_the_sandbox_says_what_works(refine: Refine, capsys: Captured) -> None:
    code = refine("sandbox", "status", "--json")
    found = told(capsys)
    assert code == (0 if found["works"] else 3)
    assert {"kernel", "seccomp", "Docker"} <= {fact["name"] for fact in found["facts"]}
