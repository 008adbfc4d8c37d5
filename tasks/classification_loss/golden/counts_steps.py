"""Anneals by counting calls: cross entropy first, then a bounded loss. A loss keeps no state."""
import torch

calls = 0


def loss(logits, targets):
    global calls
    calls += 1
    q = torch.softmax(logits, 1).gather(1, targets[:, None])[:, 0]
    return -torch.log(q) if calls < 400 else 1 - q
