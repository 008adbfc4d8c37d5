import torch


def loss(logits, targets):
    return torch.nn.functional.cross_entropy(logits.detach(), targets, reduction="none")
