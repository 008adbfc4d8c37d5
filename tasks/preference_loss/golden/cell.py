"""CELL (Lu et al. 2024): half exponential, half logistic."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    return 0.5 * torch.exp(-x) - 0.5 * F.logsigmoid(x)
