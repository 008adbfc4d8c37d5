"""A proposer made of proposers: who answers depends on what is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

from refine.proposers import Checked, Priced, Proposer
from refine.types import Completion, Prompt, Wanted


class Roles:
    """Prompts that want what `others` names go there, all others to `proposer`, whose name it bears."""

    def __init__(self, proposer: Proposer, others: Mapping[Wanted, Proposer]) -> None:
        self.name = proposer.name
        self._proposer = proposer
        self._others = dict(others)

    @property
    def notice(self) -> str:
        """What the proposer says about itself before a run."""
        said: str = getattr(self._proposer, "notice", "")
        return said

    def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        return self._others.get(prompt.wants, self._proposer)(prompt)

    def price_known(self) -> bool:
        return all(part.price_known() for part in self._all() if isinstance(part, Priced))

    async def check(self) -> None:
        await asyncio.gather(*(part.check() for part in self._all() if isinstance(part, Checked)))

    async def aclose(self) -> None:
        for part in self._all():
            await part.aclose()

    def _all(self) -> tuple[Proposer, ...]:
        return (self._proposer, *self._others.values())
