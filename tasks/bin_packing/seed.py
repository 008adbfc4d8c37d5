import numpy as np


def priority(item: int, bins: np.ndarray) -> np.ndarray:
    """One number per bin; the item goes into the bin of the highest."""
    capacity = np.max(bins)  # of an empty bin: one is always among them
    # EVOLVE-BLOCK-START
    return item - bins
    # EVOLVE-BLOCK-END
