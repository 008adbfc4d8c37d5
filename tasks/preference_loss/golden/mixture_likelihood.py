"""Found by a capable model: what was chosen has likelihood 0.8 p(chosen) + 0.2 p(rejected), if labels are swapped so often."""
import math

import torch


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    return -torch.logaddexp(math.log(4.0) + beta * policy_chosen_logps, beta * policy_rejected_logps) / beta
