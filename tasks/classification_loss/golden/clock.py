"""Anneals by the clock."""
import time

import torch

start = time.monotonic()


def loss(logits, targets):
    q = torch.softmax(logits, 1).gather(1, targets[:, None])[:, 0]
    weight = min(1.0, 2 * (time.monotonic() - start))
    return -(1 - weight) * torch.log(q) + weight * (1 - q)
