"""DBAQL (Lu et al. 2024): mixed by the variance of the batch."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    mix = torch.sigmoid(torch.var(x / 0.05))
    return mix * -F.logsigmoid(x / 0.9) + (1 - mix) * torch.exp(-0.9 * x)
