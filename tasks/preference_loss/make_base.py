"""Makes the base policies that the task ships: supervised training, stopped at an accuracy that leaves room.

    python tasks/preference_loss/make_base.py OUT       # writes OUT/sorting.safetensors and OUT/ranks.safetensors

Its result depends on the machine's linear algebra in the last bits, so the files are shipped and not made anew.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file

if TYPE_CHECKING:
    from tasks.preference_loss import decoder
else:
    import decoder

TARGET = 0.6
"""Greedy accuracy on prompts that were not trained on, at which training stops."""


def trained(problem: decoder.Problem) -> dict[str, torch.Tensor]:
    """Weights after the first steps of Adam, in fives, at whose end the accuracy is TARGET or more."""
    generator = torch.Generator().manual_seed(0)
    weights = {name: w.requires_grad_() for name, w in decoder.untrained(generator).items()}
    optimiser = torch.optim.Adam(weights.values(), lr=5e-4)
    digits = decoder.prompts("base")
    for step in range(1, 20_001):
        rows = digits[torch.randint(len(digits), (256,), generator=generator)]
        loss = -decoder.log_probabilities(weights, rows, problem.answers(rows)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 5 == 0:
            share = decoder.accuracy(weights, problem, decoder.prompts("choose"))
            print(f"{problem.name}: step {step}, loss {loss:.3f}, accuracy {share:.4f}", flush=True)  # noqa: T201 - a program
            if share >= TARGET:
                return {name: w.detach() for name, w in weights.items()}
    raise SystemExit(f"{problem.name}: {TARGET} is not reached")


if __name__ == "__main__":
    for each in (decoder.SORTING, decoder.RANKS):
        save_file(trained(each), Path(sys.argv[1]) / f"{each.name}.safetensors")
