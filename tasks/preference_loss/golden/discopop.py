"""LRML, called DiscoPOP (Lu et al. 2024): logistic and exponential, mixed by a gate."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    gate = torch.sigmoid(x / 0.05)
    return (1 - gate) * -F.logsigmoid(x) + gate * torch.exp(-x)
