"""A hundred times cross entropy: with Adam it trains alike, so no learning rate is smuggled in."""
import torch


def loss(logits, targets):
    return 100 * torch.nn.functional.cross_entropy(logits, targets, reduction="none")
