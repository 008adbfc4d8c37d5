import torch


def shape(
    x: torch.Tensor, chosen: torch.Tensor, rejected: torch.Tensor, likely: torch.Tensor, beta: float
) -> torch.Tensor:
    """Losses (n,) of n pairs.

    chosen, rejected: log-ratio of policy to reference of either response; x: beta * (chosen - rejected);
    likely: the policy's log-probability of the chosen response.
    """
    # EVOLVE-BLOCK-START
    return -torch.nn.functional.logsigmoid(x)
    # EVOLVE-BLOCK-END


def loss(policy_chosen_logps, policy_rejected_logps, reference_chosen_logps, reference_rejected_logps, beta):
    """Losses (n,) of a batch of n pairs, all log-probabilities (n,)."""
    chosen = policy_chosen_logps - reference_chosen_logps
    rejected = policy_rejected_logps - reference_rejected_logps
    return shape(beta * (chosen - rejected), chosen, rejected, policy_chosen_logps, beta)
