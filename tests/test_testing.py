from __future__ import annotations

import os
from pathlib import Path

import pytest

from refine.archives.everything import Everything
from refine.archives.topk import TopK
from refine.errors import RefineError
from refine.proposers import Options
from refine.proposers.mutate import connect
from refine.sandbox.choose import choose
from refine.testing import check_archive, check_proposer, check_sandbox
from refine.types import Completion, Direction, Prompt, Shown
from tests.fakes import Counts, toy


@pytest.mark.parametrize("make", [TopK, Everything])
def test_our_archives_conform(make: type[TopK | Everything]) -> None:
    check_archive(make)


class LastWins(TopK):
    """Keeps whatever came last."""

    def add(self, shown: Shown, ask: int = 0):  # type: ignore[no-untyped-def]
        self._kept.clear()
        self._by_signature.clear()
        return super().add(shown)


def test_an_archive_that_depends_on_the_order_is_found() -> None:
    def make(direction: Direction) -> TopK:
        return LastWins(direction)

    with pytest.raises(AssertionError, match="order of adding"):
        check_archive(make)


async def test_our_proposers_conform(tmp_path: Path) -> None:
    await check_proposer(Counts())
    await check_proposer(connect("mutate", Options(), toy(tmp_path)))


@pytest.mark.parametrize("name", ["local", pytest.param("docker", marks=pytest.mark.docker)])
def test_our_sandboxes_conform(name: str) -> None:
    try:
        sandbox = choose(name)
    except RefineError as error:
        if name == "local" or os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    try:
        check_sandbox(sandbox)
    finally:
        sandbox.close()


def test_a_sandbox_that_leaves_files_is_found() -> None:
    try:
        with pytest.raises(AssertionError, match="something of one candidate reaches the next"):
            check_sandbox(choose("none"))
    finally:
        Path("/tmp/left").unlink(missing_ok=True)  # what the kit's probe writes, where nothing walls it off


async def test_a_proposer_that_answers_too_little_is_found() -> None:
    class First(Counts):
        async def __call__(self, prompt: Prompt):  # type: ignore[no-untyped-def]
            yield Completion(sample=0, text="x", model="first")

    with pytest.raises(AssertionError, match=r"asked for samples \(0, 1, 2\), got \[0\]"):
        await check_proposer(First())
