"""Beside the candidate: what its loss is and how it slopes, on plain arrays. Nothing here is trusted: the judge takes
numbers from it and decides by itself what they are worth.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import torch

Array = Any


def run(candidate: ModuleType) -> None:
    """Gives the candidate's module a function `slopes` that the judge calls from then on."""

    def slopes(ours: Array, theirs: Array, chosen: Array, rejected: Array, beta: float) -> list[Any] | str:
        policy = [torch.tensor(logps, requires_grad=True) for logps in (ours, theirs)]
        made = candidate.loss(*policy, torch.tensor(chosen), torch.tensor(rejected), beta)
        wrong = refused(made, len(ours))
        if wrong:
            return wrong
        found = torch.autograd.grad(made.mean(), policy, allow_unused=True)
        both = [torch.zeros_like(logps) if slope is None else slope for slope, logps in zip(found, policy, strict=True)]
        for what, values in (("loss", made), ("gradient", both[0]), ("gradient", both[1])):
            if not torch.isfinite(values).all():
                return f"the {what} is not finite {where(values.detach(), [ours, theirs, chosen, rejected], beta)}"
        return [made.detach().mean().item(), both[0].numpy(), both[1].numpy()]

    candidate.slopes = slopes  # type: ignore[attr-defined]


def refused(made: Any, count: int) -> str:  # noqa: ANN401 - whatever the candidate returned
    """Why `made` is no loss of `count` pairs; "" where it is one."""
    if not isinstance(made, torch.Tensor):
        return f"loss returned {type(made).__name__}: return a tensor of {count} losses, one for each pair"
    if made.shape != (count,):
        return f"loss returned shape {tuple(made.shape)}: return shape ({count},), one loss for each pair"
    if not made.is_floating_point():
        return f"loss returned {made.dtype}: return floating-point numbers"
    if not made.requires_grad:
        return "the loss does not depend on the policy by anything that can be differentiated: its gradient is zero"
    return ""


def where(values: Any, logps: list[Any], beta: float) -> str:  # noqa: ANN401 - torch is not typed here
    """The first pair whose value is not finite."""
    first = int((~torch.isfinite(values)).nonzero()[0, 0])
    ours, theirs, chosen, rejected = (float(each[first]) for each in logps)
    return (
        f"for policy_chosen_logps {ours:.6g}, policy_rejected_logps {theirs:.6g}, "
        f"reference_chosen_logps {chosen:.6g}, reference_rejected_logps {rejected:.6g} at beta {beta:g}"
    )
