"""Counts in a file, which a fresh process of the same candidate must not find."""
import torch


def loss(logits, targets):
    with open("count", "ab") as file:
        file.write(b".")
        calls = file.tell()
    q = torch.softmax(logits, 1).gather(1, targets[:, None])[:, 0]
    return -torch.log(q) if calls < 400 else 1 - q
