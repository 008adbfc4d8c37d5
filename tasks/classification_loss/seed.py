import torch
from torch.nn.functional import cross_entropy, one_hot


def shape(q: torch.Tensor, log_q: torch.Tensor, margin: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
    """Losses (n,) of n examples.

    q: probability of the given class; log_q: its logarithm; margin: its log-odds, log(q / (1 - q));
    spread: mean log-probability of all classes.
    """
    # EVOLVE-BLOCK-START
    return -log_q
    # EVOLVE-BLOCK-END


def loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Losses (n,) of a batch: logits (n, classes), targets (n,) the class numbers."""
    log_q = -cross_entropy(logits, targets, reduction="none")
    own = torch.sum(logits * one_hot(targets, logits.shape[1]), dim=1)
    normaliser = own - log_q
    margin = log_q - torch.log(-torch.expm1(log_q).clamp(max=-1e-12))
    spread = torch.mean(logits, dim=1) - normaliser
    return shape(torch.exp(log_q), log_q, margin, spread)
