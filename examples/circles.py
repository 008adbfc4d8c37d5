"""The smallest program: a task in one file. No key and no configuration needed:

refine check examples/circles.py
refine run examples/circles.py --candidates 200
"""

from itertools import combinations

import refine
from refine.verifiers.exact import rows

task = refine.Task(
    instruction="""
    Write pack(n) -> list of n (x, y, r): circles in the unit square that do not overlap. Maximise the sum of radii for
    n = 26. The check is exact, with no tolerance: shrink the radii by a hair, such as 1e-9.
    """,
    seed="""
def pack(n):
    k = int(n**0.5) + 1
    return [((i % k + 0.5) / k, (i // k + 0.5) / k, 0.4999999999 / k) for i in range(n)]
""",
)


@task.verifier
def verify(candidate: refine.Handle) -> float:
    answer = candidate.pack(26)  # runs in the sandbox; only plain data comes back
    circles = rows(answer, 26, 3, "circle")  # 26 rows of 3 exact fractions, or the candidate is wrong
    for i, (x, y, r) in enumerate(circles):
        refine.require(0 <= r <= min(x, y, 1 - x, 1 - y), f"circle {i} is not inside of the unit square")
    for (i, (x, y, r)), (j, (u, v, s)) in combinations(enumerate(circles), 2):
        refine.require((x - u) ** 2 + (y - v) ** 2 >= (r + s) ** 2, f"circles {i} and {j} overlap")
    return float(sum(r for _, _, r in circles))


if __name__ == "__main__":
    print(refine.run(task).best)
