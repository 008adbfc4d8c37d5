"""Each mistake is one line on stderr, has the right exit code, and loses nothing."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from refine.journal import Journal
from tests.cli.conftest import DOUBLES, Refine

Captured = pytest.CaptureFixture[str]
pytestmark = pytest.mark.filterwarnings("ignore:Item .* on TypedDict:UserWarning")  # what litellm imports
NONE = ("--sandbox", "none", "--workers", "1", "--no-control")


def error(capsys: Captured) -> str:
    """The one line of error; a run's header and progress may stand before it."""
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("refine: error: ")]
    assert len(lines) == 1
    assert "Traceback" not in lines[0]
    return lines[0]


def verifier(body: str) -> str:
    return (
        'import refine\ntask = refine.Task("x", seed="def f(x: float):\\n    return x")\n'
        f"@task.verifier\ndef verify(candidate):\n    {body}\n"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import nothing_here", "does not import: ModuleNotFoundError"),
        ("x = (", "does not import: SyntaxError"),
        ("x = 1", "holds no refine.Task"),
        ('import refine\ntask = refine.Task("x", seed="y = 1")', "has no verifier"),
        (verifier("raise refine.Wrong('no\\ngood')"), "fails its own verifier: wrong: no good"),
        (verifier("return 1 / 0"), "ZeroDivisionError: division by zero at mine.py:5"),
        (verifier("return float('nan')"), "the score would be nan"),
        (verifier("return 'best'"), "returned str 'best'"),
        (verifier("candidate.f(1.0)"), "returned nothing"),
    ],
    ids=["import", "syntax", "no task", "no verifier", "seed", "raises", "nan", "str", "none"],
)
def test_a_task_at_fault(refine: Refine, capsys: Captured, text: str, words: str) -> None:
    Path("mine.py").write_text(text)
    assert refine("run", "mine.py", *NONE) == 1
    assert words in error(capsys)
    if "verifier\ndef" in text:
        Path("mine.py").write_text(verifier("return candidate.f(1.0)"))
        assert refine("run", "mine.py", *NONE, "--candidates", 3) == 0, "the journal of nothing is begun again"


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["-m", "gpt5"], 2, "means nothing here"),
        (["-m", "openai/x", "--usd", "1"], 2, "no known price"),
        (["--strategy", "nope"], 2, "there is no strategy 'nope'"),
        (["--sandbox", "nope"], 2, "there is no sandbox 'nope'"),
        (["-m", "replay:nope.db"], 2, "no recording"),
        (["--price", "3"], 2, "--price 3"),
        (["--nope"], 2, "--nope"),
    ],
)
def test_what_is_named_does_not_exist(
    refine: Refine, capsys: Captured, doubles: str, options: list[str], *, code: int, words: str
) -> None:
    assert refine("run", doubles, *options) == code
    assert words in error(capsys)
    assert not Path("runs/doubles.db").exists()


def test_no_such_task(refine: Refine, capsys: Captured) -> None:
    assert refine("run", "nope") == 2
    assert "bin_packing" in error(capsys)
    assert refine("run", "nope.py") == 2
    assert "does not exist" in error(capsys)


def test_a_missing_key(refine: Refine, capsys: Captured, doubles: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert refine("run", doubles, "-m", "openai/gpt-5-mini", *NONE) == 3
    assert "OPENAI_API_KEY" in error(capsys)


def test_a_missing_image(refine: Refine, capsys: Captured) -> None:
    Path("mine.py").write_text(DOUBLES.replace("refine.Task(", 'refine.Task(image="nope", instruction=', 1))
    assert refine("run", "mine.py", "--sandbox", "docker") in (2, 3)
    said = error(capsys)
    assert "nope" in said or "docker" in said.lower(), "no such image, or no engine that could have one"


def test_another_runs_journal(refine: Refine, capsys: Captured, doubles: str) -> None:
    assert refine("run", doubles, *NONE, "--candidates", 3, "-o", "a.db") == 0
    before = Path("a.db").read_bytes()
    capsys.readouterr()
    Path("other.py").write_text(DOUBLES)
    for command, words in (
        (("run", "other.py", *NONE), "its task is doubles, not other"),
        (("run", doubles, *NONE, "--seed", "4"), "its seed is 0, not 4"),
        (("run", doubles, *NONE, "--strategy", "drift"), "its strategy is evolve, not drift"),
    ):
        assert refine(*command, "-o", "a.db") == 1
        assert words in error(capsys)
    Path(doubles).write_text(DOUBLES + "\n")
    assert refine("run", doubles, *NONE, "-o", "a.db") == 1
    assert "files have changed" in error(capsys)
    assert Path("a.db").read_bytes() == before


@pytest.mark.parametrize("command", ["show", "replay", "export"])
def test_what_is_no_journal(refine: Refine, capsys: Captured, command: str) -> None:
    Path("text.db").write_text("hello")
    assert refine(command, "text.db") == 1
    assert "not a journal" in error(capsys)
    assert refine(command, "none.db") == 1
    assert "there is no journal" in error(capsys)
    assert Path("text.db").read_text() == "hello"
    assert not Path("none.db").exists()


def test_no_journal_to_go_on_with(refine: Refine, capsys: Captured, doubles: str) -> None:
    Path("text.db").write_text("hello")
    assert refine("run", doubles, *NONE, "-o", "text.db") == 1
    assert "not a journal" in error(capsys)
    assert Path("text.db").read_text() == "hello"


def test_no_such_candidate(refine: Refine, capsys: Captured, doubles: str) -> None:
    assert refine("run", doubles, *NONE, "--candidates", 3, "-o", "a.db") == 0
    capsys.readouterr()
    assert refine("show", "a.db", "zzzz") == 1
    assert "no candidate begins with zzzz" in error(capsys)


def limited() -> None:
    """No file may grow beyond this; a candidate's output (256 KiB) may just."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))


def test_a_full_disk_loses_nothing(refine: Refine, capsys: Captured, doubles: str) -> None:
    program = "from refine.cli import main; main()"
    argv = [sys.executable, "-c", program, "run", doubles, *NONE, "--candidates", "400", "-o", "a.db"]
    done = subprocess.run(
        argv, preexec_fn=limited, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"}
    )
    assert done.returncode == 3
    assert "nothing that was journalled is lost" in done.stderr
    assert "Traceback" not in done.stderr
    with Journal.read(Path("a.db")) as journal:
        kept = [fact for fact in journal.facts() if fact.event.kind == "verified"]
    assert refine("run", doubles, *NONE, "--candidates", len(kept) + 20, "-o", "a.db") == 0
    capsys.readouterr()
    assert refine("replay", "a.db") == 0
    with Journal.read(Path("a.db")) as journal:
        assert [fact for fact in journal.facts() if fact.event.kind == "verified"][: len(kept)] == kept
