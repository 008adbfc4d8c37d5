"""Hooks itself into the backward pass and multiplies the gradient: nothing but numbers, and Adam divides them out."""
import torch


def loss(logits, targets):
    logits.register_hook(lambda slope: 1000 * slope)
    return torch.nn.functional.cross_entropy(logits, targets, reduction="none")
