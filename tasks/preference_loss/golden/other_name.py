"""Another name."""
import torch


def objective(*logps):
    return torch.ones(3)
