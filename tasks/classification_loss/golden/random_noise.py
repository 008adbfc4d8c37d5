"""A smoothing drawn anew at each call."""
import torch


def loss(logits, targets):
    log_p = torch.log_softmax(logits, 1)
    e = 0.3 * torch.rand(len(targets), 1, dtype=logits.dtype)
    return -((1 - e) * log_p.gather(1, targets[:, None]) + e * log_p.mean(1, keepdim=True))[:, 0]
