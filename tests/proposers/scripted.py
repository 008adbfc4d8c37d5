"""A proposer whose answers, order and failures a test decides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from refine.errors import Fault
from refine.types import Completion, Prompt


@dataclass
class Scripted:
    """Answers "NAME ask sample"; raises `faults[sample]` instead; without a price where `priced` is False."""

    name: str
    priced: bool = True
    faults: Mapping[int, Fault] = field(default_factory=dict)
    asked: list[tuple[int, int]] = field(default_factory=list)
    closed: int = 0

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            self.asked.append((prompt.ask, sample))
            if sample in self.faults:
                raise self.faults[sample]
            yield Completion(sample=sample, text=f"{self.name} {prompt.ask} {sample}", model=self.name)

    def price_known(self) -> bool:
        return self.priced

    async def check(self) -> None:
        if self.faults:
            raise next(iter(self.faults.values()))

    async def aclose(self) -> None:
        self.closed += 1
