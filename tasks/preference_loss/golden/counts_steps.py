"""Keeps state: another loss from call 40 on."""
import torch
import torch.nn.functional as F

calls = [0]


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    calls[0] += 1
    x = beta * ((policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps))
    return -F.logsigmoid(x) - (0.1 if calls[0] > 40 else 0.3) * policy_chosen_logps
