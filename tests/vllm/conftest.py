"""A model that was trained just now, and vLLM's own server with it. Both are made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vllm.model import trained
from tests.vllm.server import serving


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def url(folder: Path) -> Iterator[str]:
    """The address of `vllm serve`, ready."""
    with serving(folder) as address:
        yield address
