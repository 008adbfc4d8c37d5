from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from refine import scaffold
from refine.check import check, exit_code
from refine.errors import UsageError
from refine.load import load
from refine.sandbox.choose import choose


@pytest.mark.parametrize("kind", get_args(scaffold.Kind))
async def test_what_is_made_passes_its_own_check(tmp_path: Path, kind: str) -> None:
    files = scaffold.new("mine", kind, tmp_path)
    assert tmp_path / "mine" / "README.md" in files
    assert not any("{{" in file.read_text() for file in files)
    task = load(str(tmp_path / "mine"))
    assert {case.kind for case in task.golden} == {"pass", "fail", "cheat"}
    sandbox = choose("none")
    findings = [finding async for finding in check(task, sandbox)]
    sandbox.close()
    assert [finding for finding in findings if finding.ok is False] == []
    assert exit_code(findings) == 0


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError, match="exists already"):
        scaffold.new("mine", "python", tmp_path)
    assert not any((tmp_path / "mine").iterdir())


@pytest.mark.parametrize("name", ["", "a b", "../x", "1a", ".", "-x"])
def test_a_name_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a task"):
        scaffold.new(name, "python", tmp_path)
    assert not any(tmp_path.iterdir())


def test_a_kind_is_a_kind(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="python, expression, text"):
        scaffold.new("mine", "haskell", tmp_path)
