"""Found by the built-in proposer: DPO's log-ratio counts only as far as the chosen response has gained."""
import torch
import torch.nn.functional as F


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    chosen = policy_chosen_logps - reference_chosen_logps
    x = beta * (chosen - (policy_rejected_logps - reference_rejected_logps))
    return -F.logsigmoid(torch.minimum(x, chosen))
