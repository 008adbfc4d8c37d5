from __future__ import annotations

import pytest

from refine.archives.everything import Everything
from refine.archives.topk import TopK
from refine.testing import check_archive, check_proposer
from refine.types import Completion, Direction, Prompt, Shown
from tests.fakes import Counts


@pytest.mark.parametrize("make", [TopK, Everything])
def test_our_archives_conform(make: type[TopK | Everything]) -> None:
    check_archive(make)


class LastWins(TopK):
    """Keeps whatever came last."""

    def add(self, shown: Shown):  # type: ignore[no-untyped-def]
        self._keys.clear()
        self._by_signature.clear()
        return super().add(shown)


def test_an_archive_that_depends_on_the_order_is_found() -> None:
    def make(direction: Direction) -> TopK:
        return LastWins(direction)

    with pytest.raises(AssertionError, match="order of adding"):
        check_archive(make)


async def test_our_fake_proposer_conforms() -> None:
    await check_proposer(Counts())


async def test_a_proposer_that_answers_too_little_is_found() -> None:
    class First(Counts):
        async def __call__(self, prompt: Prompt):  # type: ignore[no-untyped-def]
            yield Completion(sample=0, text="x", model="first")

    with pytest.raises(AssertionError, match=r"asked for samples \(0, 1, 2\), got \[0\]"):
        await check_proposer(First())
