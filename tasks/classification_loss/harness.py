"""Beside the candidate: what its loss is and how it slopes, on plain arrays. Nothing here is trusted: the judge takes
numbers from it and decides by itself what they are worth.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import torch

Loss = Any
Array = Any


def run(candidate: ModuleType) -> None:
    """Gives the candidate's module a function `slopes` that the judge calls from then on."""

    def slopes(logits: Array, targets: Array) -> list[Any] | str:
        z = torch.tensor(logits, requires_grad=True)
        t = torch.tensor(targets)
        made = candidate.loss(z, t)
        wrong = refused(made, len(logits))
        if wrong:
            return wrong
        (slope,) = torch.autograd.grad(made.mean(), z, allow_unused=True)
        if slope is None:
            return "the loss does not depend on the logits: its gradient is zero"
        for what, values in (("loss", made), ("gradient", slope)):
            if not torch.isfinite(values).all():
                return f"the {what} is not finite {where(values, z, t)}"
        return [made.detach().mean().item(), slope.double().numpy()]

    candidate.slopes = slopes  # type: ignore[attr-defined]


def refused(made: Loss, count: int) -> str:
    """Why `made` is no loss of `count` examples; "" where it is one."""
    if not isinstance(made, torch.Tensor):
        return f"loss returned {type(made).__name__}: return a tensor of {count} losses, or their mean"
    if made.shape not in ((), (count,)):
        return f"loss returned shape {tuple(made.shape)}: return shape ({count},), one loss an example, or ()"
    if not made.is_floating_point():
        return f"loss returned {made.dtype}: return floating-point numbers"
    if not made.requires_grad:
        return "the loss does not depend on the logits by anything that can be differentiated: its gradient is zero"
    return ""


def where(values: Loss, logits: Loss, targets: Loss) -> str:
    """The first example whose value is not finite."""
    if values.dim() == 0:
        return "for a whole batch"
    first = int((~torch.isfinite(values.reshape(len(values), -1)).all(1)).nonzero()[0, 0])
    shown = ", ".join(f"{x:.4g}" for x in logits[first].tolist())
    return f"for logits [{shown}] with class {int(targets[first])}"
