"""AQFL (Lu et al. 2024): weight by the distance from a quantile of the batch, here half of its spread and mean."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    z = x / 0.05
    quantile = 0.5 * (torch.sigmoid(z).std() + torch.sigmoid(z).mean())
    mix = torch.sigmoid(0.1 * (z - quantile).abs())
    return mix * -F.logsigmoid(x) + (1 - mix) * torch.relu(1 - x)
