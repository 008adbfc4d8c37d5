"""The likelihood of the chosen response alone: imitation, with no reference and no beta."""


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    return -policy_chosen_logps
