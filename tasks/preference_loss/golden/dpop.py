"""DPO-positive (Pal et al. 2024): a fall of the chosen response's likelihood is charged inside the sigmoid; lambda 5."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    chosen = policy_chosen_logps - reference_chosen_logps
    rho = chosen - (policy_rejected_logps - reference_rejected_logps)
    return -F.logsigmoid(beta * (rho - 5.0 * torch.relu(-chosen)))
