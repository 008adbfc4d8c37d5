"""A gradient as large as numbers go, to break the optimiser's own arithmetic."""
import torch


def loss(logits, targets):
    return 1e200 * torch.nn.functional.cross_entropy(logits, targets, reduction="none")
