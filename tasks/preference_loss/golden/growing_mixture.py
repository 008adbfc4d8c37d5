"""Found by a capable model: the mixture's likelihood, sharpened, to a power, and growing with the batch's progress."""
import math

import torch


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    chosen = policy_chosen_logps - reference_chosen_logps
    rejected = policy_rejected_logps - reference_rejected_logps
    sharp = 0.8 + 0.2 * beta
    mixed = torch.logaddexp(math.log(4.0) + sharp * policy_chosen_logps, sharp * policy_rejected_logps)
    surprise = (math.log(5.0) - mixed) / sharp
    progress = torch.maximum(chosen, rejected).mean().detach().clamp(0.0, 1.5)
    return (surprise + 0.1) ** 1.4 * torch.exp(6.0 * progress)
