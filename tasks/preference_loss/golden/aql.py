"""AQL (Lu et al. 2024): the quantile moves with the batch's mean."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    quantile = 0.5 + 0.01 * (torch.sigmoid((x / 0.05).mean()) - 0.5)
    mix = torch.sigmoid(-(x / 0.05 - quantile))
    return mix * -F.logsigmoid(x) + (1 - mix) * torch.relu(1 - x)
