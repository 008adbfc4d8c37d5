"""Small losses only, as in Han et al. 2018: of a batch the fifth with the largest losses is left out. May look around."""
import torch


def loss(logits, targets):
    losses = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
    return torch.sort(losses).values[: (4 * len(losses) + 4) // 5].mean()
