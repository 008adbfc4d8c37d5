from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.conftest import Refine

COMMANDS = ["run", "new", "check", "show", "replay", "export", "plot", "tasks", "sandbox build", "sandbox status"]


def test_help_loads_nothing_heavy() -> None:
    program = "import sys; from refine.cli import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr.split()
    heavy = {"pydantic", "numpy", "jinja2", "litellm", "docker", "sympy", "torch", "refine.task", "refine.session"}
    assert not heavy & set(loaded)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(refine: Refine, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert refine(*command.split(), "--help") == 0
    assert f"refine {command}" in capsys.readouterr().out.partition("Examples")[2]


def test_nothing_is_a_cry_for_help(refine: Refine, capsys: pytest.CaptureFixture[str]) -> None:
    assert refine() == 0
    assert "sandbox" in capsys.readouterr().out


def test_version(refine: Refine, capsys: pytest.CaptureFixture[str]) -> None:
    assert refine("--version") == 0
    assert capsys.readouterr().out.startswith("refine 0.")


@pytest.mark.parametrize("argv", [["run"], ["run", "x", "--nope"], ["nope"], ["run", "x", "--candidates", "many"]])
def test_a_wrong_command_line_is_one_line(refine: Refine, capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    assert refine(*argv) == 2
    said = capsys.readouterr().err
    assert said.startswith("refine: error: ")
    assert said.count("\n") == 1


def test_debug_shows_the_traceback(refine: Refine, capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.excepthook
    try:
        assert refine("show", "none.db", "--debug") == 1
    finally:
        sys.excepthook = before
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "JournalError" in said


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("refine run bin_pa", "bin_packing"),
        ("refine run x --strategy dr", "drift"),
        ("refine run x --sandbox lo", "local"),
        ("refine new x --kind ex", "expression"),
        ("refine sh", "show"),
    ],
)
def test_the_shell_completes(words: str, found: str) -> None:
    environment = {**os.environ, "_REFINE_COMPLETE": "complete_bash", "COMP_WORDS": words}
    environment["COMP_CWORD"] = str(len(words.split()) - 1)
    program = "from refine.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [found]


def test_a_reader_that_has_seen_enough_is_no_error(doubles: str) -> None:
    del doubles
    program = "from refine.cli import main; main()"
    shell = f'"{sys.executable}" -c "{program}" tasks --json | head -1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.split()[-1] == "0"
