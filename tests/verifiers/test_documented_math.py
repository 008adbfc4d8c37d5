"""Every Python snippet of docs/math.md runs, in order, with its assertions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "math.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.timeout(120)
def test_the_snippets_run(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for snippet in SNIPPETS:
        exec(compile(snippet, str(DOCUMENT), "exec"), names)  # noqa: S102 - our own document
    said = capsys.readouterr().out
    for promised in re.findall(r"print\(.*\)  # (.*?)(?: \.\.\.)?$", "\n".join(SNIPPETS), re.MULTILINE):
        assert promised in said
    assert len(SNIPPETS) >= 8
