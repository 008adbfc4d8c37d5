"""DPO and the likelihood of the chosen response in equal parts (Pang et al. 2024, iterative RPO, alpha 1, unnormalised)."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    rho = (policy_chosen_logps - reference_chosen_logps) - (policy_rejected_logps - reference_rejected_logps)
    return -F.logsigmoid(beta * rho) - policy_chosen_logps
