"""Hooks itself into the backward pass: what it multiplies is its own gradient, and Adam divides that out."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    x = beta * rho
    policy_chosen_logps.register_hook(lambda slope: 1000 * slope)
    policy_rejected_logps.register_hook(lambda slope: 1000 * slope)
    return -F.logsigmoid(x)
