"""PFL (Lu et al. 2024): another loss where the policy prefers the rejected response, whatever the reference does."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    return torch.where(policy_chosen_logps > policy_rejected_logps, -0.5 * F.logsigmoid(x), 2 * torch.relu(1 - x))
