"""PADLL (Lu et al. 2024): half the weight where the rejected response is preferred."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    return 0.9 * (1 - 0.5 * (rho < 0)) * -F.logsigmoid(x)
