"""What the documents say is true: snippets are Python, commands and their options exist, links lead somewhere."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from refine.cli.app import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("tasks/*/README.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(path: Path, *languages: str) -> list[str]:
    return [body for language, body in BLOCK.findall(path.read_text()) if language in languages]


def commands() -> list[tuple[str, str]]:
    """(document, command line) for each line in a block that begins with `refine`, a prompt sign aside."""
    found = []
    for path in DOCUMENTS:
        for block in blocks(path, "", "sh", "console", "bash"):
            for line in block.replace("\\\n", " ").splitlines():
                command = line.removeprefix("$ ").partition("  #")[0].strip()
                if re.match(r"refine [a-z-]", command) and "..." not in command:
                    found.append((named(path), command.partition(" | ")[0].partition(" > ")[0]))
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_snippets_are_python(path: Path) -> None:
    for block in blocks(path, "python"):
        ast.parse(block)


@pytest.mark.parametrize(("document", "command"), commands())
def test_commands_and_their_options_exist(document: str, command: str) -> None:
    group: Any = typer.main.get_command(app)  # of typer's own copy of click, or of click: as the version has it
    arguments = shlex.split(command)[1:]
    context = group.context_class(group, info_name="refine")
    while hasattr(group, "resolve_command"):
        _, group, arguments = group.resolve_command(context, arguments)
        assert group is not None, command
    group.make_context(command, arguments)


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", BLOCK.sub("", path.read_text()))
    assert not [link for link in links if not (path.parent / link).exists()]


def test_the_readmes_task_is_the_example() -> None:
    assert (ROOT / "examples" / "circles.py").read_text() in blocks(ROOT / "README.md", "python")


@pytest.mark.parametrize("name", sorted(typer.main.get_command(app).commands))  # type: ignore[attr-defined]
def test_every_command_is_documented(name: str) -> None:
    assert f"refine {name}" in (ROOT / "docs" / "cli.md").read_text()
