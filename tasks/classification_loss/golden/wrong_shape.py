import torch


def loss(logits, targets):
    return -torch.log_softmax(logits, 1)
