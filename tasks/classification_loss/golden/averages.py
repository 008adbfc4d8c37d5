"""Remembers what networks said about each class, and corrects labels by it: state again, in a tensor."""
import torch

belief = torch.full((64, 64), 0.1, dtype=torch.float64)


def loss(logits, targets):
    n = logits.shape[1]
    p = torch.softmax(logits, 1)
    belief[targets, :n] = 0.9 * belief[targets, :n] + 0.1 * p.detach()
    soft = 0.5 * torch.nn.functional.one_hot(targets, n) + 0.5 * belief[targets, :n]
    return -(soft * torch.log_softmax(logits, 1)).sum(1)
