from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from refine.archives.rank import drawn


@given(st.integers(0, 60), st.integers(0, 8), st.floats(0.05, 30), st.integers(0, 2**32))
def test_ranks_are_drawn_as_numpy_draws_them(size: int, n: int, pressure: float, seed: int) -> None:
    """Bit for bit, the generator's state afterwards as well: a run recorded once stays the same run."""
    assert len(drawn(np.random.default_rng(seed), size, n, pressure / 1000)) == min(size, n)
    one, other = np.random.default_rng(seed), np.random.default_rng(seed)
    found = drawn(one, size, n, pressure)
    reach = min(size, max(n, math.ceil(40 * pressure)))
    weights = np.exp(-np.arange(reach) / pressure)
    count = min(n, reach)
    if not count or np.count_nonzero(weights / weights.sum()) < count:  # numpy refuses to draw what has no weight
        return
    assert found == sorted(other.choice(reach, count, replace=False, p=weights / weights.sum()).tolist())
    assert one.bit_generator.state == other.bit_generator.state
