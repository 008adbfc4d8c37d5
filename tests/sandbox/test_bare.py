"""A bare installation, without any extra: "auto" takes what is there, and what is missing is said in one line."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT = "import sys; sys.modules.update(dict.fromkeys(['docker', 'litellm', 'tenacity', 'sympy', 'scipy']))\n"


def said(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", WITHOUT + program], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()


def test_auto_takes_local() -> None:
    assert said("from refine.sandbox.choose import choose; print(choose('auto').name)") == "local"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["run", "bin_packing", "--sandbox", "docker"], "docker is not installed: pip install 'refine-search[docker]'"),
        (["sandbox", "build"], "docker is not installed: pip install 'refine-search[docker]'"),
    ],
)
def test_what_is_missing_is_said_in_one_line(command: list[str], message: str) -> None:
    assert said(f"from refine.cli import run; print(run({command!r}))") == f"2\nrefine: error: {message}"


def test_a_model_needs_its_client() -> None:
    program = """
import asyncio
from refine.proposers import Options
from refine.proposers.litellm import LiteLLM
try:
    asyncio.run(LiteLLM("openai/gpt-4o", Options()).check())
except Exception as error:
    print(error)
"""
    assert said(program) == "litellm is not installed: pip install 'refine-search[litellm]'"
