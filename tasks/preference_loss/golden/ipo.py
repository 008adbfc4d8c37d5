"""IPO (Azar et al. 2023): the log-ratio is drawn to 1 / (2 beta)."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    return (rho - 1 / (2 * beta)) ** 2
