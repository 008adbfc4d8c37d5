"""Hard bootstrapping, Reed et al. 2015: 0.8 of the given class, 0.2 of the network's own, which counts as given."""
import torch
from torch.nn.functional import cross_entropy


def loss(logits, targets):
    own = logits.argmax(1)
    return 0.8 * cross_entropy(logits, targets, reduction="none") + 0.2 * cross_entropy(logits, own, reduction="none")
