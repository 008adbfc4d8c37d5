"""SimPO (Meng et al. 2024), without length: no reference at all."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    return -F.logsigmoid(beta * (policy_chosen_logps - policy_rejected_logps) - 0.5)
