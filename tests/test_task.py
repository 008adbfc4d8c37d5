from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from refine.budget import Budget
from refine.errors import TaskError, UsageError
from refine.load import find, load, load_file, names, shipped
from refine.types import Verdict


def written(folder: Path, text: str, name: str = "mine.py") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_a_file_is_a_task(tmp_path: Path) -> None:
    task = load(written(tmp_path, "import refine\ntask = refine.Task('Do it.', seed='x = 1')\n"))
    assert task.name == "mine"
    assert [seed.text for seed in task.seeds] == ["x = 1"]
    assert task.better(2, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nothing_of_that_name", "does not import: ModuleNotFoundError"),
        ("def f(:", "does not import: SyntaxError"),
        ("x = 1", "holds no refine.Task"),
        ("import refine\na = refine.Task('A')\nb = refine.Task('B')", "several tasks"),
        ("import refine\ntask = refine.Task('  ')", "needs an instruction"),
        ("import refine\ntask = refine.Task('A', direction='up')", '"maximize" or "minimize"'),
        (
            "import refine\ntask = refine.Task('A')\n@task.verifier\ndef f(c): ...\n@task.verifier\ndef g(c): ...",
            "two verifiers: f and g",
        ),
    ],
)
def test_what_is_no_task_says_why(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TaskError, match=message):
        load(written(tmp_path, text))


def test_no_verifier_is_said_when_it_is_needed(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="decorate a function"):
        _ = load(written(tmp_path, "import refine\ntask = refine.Task('A')")).verify


@pytest.mark.parametrize("what", ["nothing", "nothing.py", "."])
def test_what_is_not_there_says_what_there_is(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="refine new|bin_packing"):
        find(what)


def folder_task(folder: Path) -> Path:
    (folder / "golden").mkdir(parents=True)
    (folder / "task.py").write_text("import refine\ntask = refine.Task('A')\n")
    (folder / "seed.py").write_text("x = 1\n")
    (folder / "golden" / "good.py").write_text("x = 2\n")
    (folder / "golden" / "cases.toml").write_text('[good]\nkind = "pass"\nscore = 2.0\n')
    return folder


def test_a_folder_brings_its_seed_and_its_golden_cases(tmp_path: Path) -> None:
    task = load(str(folder_task(tmp_path / "mine")))
    assert task.name == "mine"
    assert task.seeds[0].text == "x = 1\n"
    assert (task.golden[0].name, task.golden[0].kind, task.golden[0].text) == ("good", "pass", "x = 2\n")


def test_a_golden_case_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    folder = folder_task(tmp_path / "mine")
    (folder / "golden" / "cases.toml").write_text('[good]\nkind = "excellent"\n')
    with pytest.raises(TaskError, match="cases.toml"):
        load(str(folder))


def test_a_budget_is_read_beside_the_task_and_is_no_part_of_its_digest(tmp_path: Path) -> None:
    folder = folder_task(tmp_path / "mine")
    before = load(str(folder))
    assert before.budget is None
    (folder / "budget.toml").write_text("candidates = 60\nseconds = 900.0\n")
    task = load(str(folder))
    assert task.budget == Budget(candidates=60, seconds=900)
    assert task.digest == before.digest
    (folder / "task.py").write_text("import refine\ntask = refine.Task('A', budget=refine.Budget(candidates=7))\n")
    assert load(str(folder)).budget == Budget(candidates=7)


@pytest.mark.parametrize("text", ["candidates = 0", "candidate = 60", "candidates 60"])
def test_a_budget_that_cannot_be_read_is_said(text: str, tmp_path: Path) -> None:
    folder = folder_task(tmp_path / "mine")
    (folder / "budget.toml").write_text(text)
    with pytest.raises(TaskError, match="budget.toml"):
        load(str(folder))


def test_the_digest_follows_what_shapes_outcomes_and_nothing_else(tmp_path: Path) -> None:
    folder = folder_task(tmp_path / "mine")
    before = load(str(folder)).digest
    (folder / "README.md").write_text("words")
    (folder / "golden" / "good.py").write_text("x = 3\n")
    assert load(str(folder)).digest == before
    moved = shutil.copytree(folder, tmp_path / "elsewhere" / "mine")
    assert load(str(moved)).digest == before
    (folder / "harness.py").write_text("y = 1\n")
    assert load(str(folder)).digest != before


def test_a_task_must_live_in_a_file() -> None:
    with pytest.raises(TaskError, match="must live in a file"):
        exec("import refine; refine.Task('A')", {"__name__": "nowhere"})  # noqa: S102 - as a prompt would


@pytest.mark.parametrize("name", names())
def test_every_shipped_task_is_whole(name: str) -> None:
    task = load_file(str(shipped() / name / "task.py"))
    assert task.verify is not None
    assert task.seeds
    assert (task.folder / "README.md").is_file()
    kinds = {case.kind for case in task.golden}
    assert kinds == {"pass", "fail", "cheat"}
    assert all(case.score is not None for case in task.golden if case.kind == "pass")
    assert all(case.verdict not in (None, Verdict.PASSED) for case in task.golden if case.kind == "fail")
    assert all(case.verdict or case.no_better_than is not None for case in task.golden if case.kind == "cheat")
