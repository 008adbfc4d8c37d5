"""Finite at first; exp(exp(x)) is not, once the network is sure of something."""
import torch


def loss(logits, targets):
    q = torch.softmax(logits, 1).gather(1, targets[:, None])[:, 0]
    return torch.exp(torch.exp(1 / (q + 0.02)))
