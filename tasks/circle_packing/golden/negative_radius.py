def grid(n):
    k = int(n**0.5) + 1
    return [((i % k + 0.5) / k, (i // k + 0.5) / k, 0.4999999999 / k) for i in range(n)]


def pack(n):
    # Two negative radii shrink what they touch: (r1 + r2)^2 stays small.
    return [(0.5, 0.5, 0.5), (0.5, 0.5, -0.5)] + [(0.0, 0.0, 0.0)] * (n - 2)
