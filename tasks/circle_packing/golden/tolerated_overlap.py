def grid(n):
    k = int(n**0.5) + 1
    return [((i % k + 0.5) / k, (i // k + 0.5) / k, 0.4999999999 / k) for i in range(n)]


def pack(n):
    # Every radius inflated within numpy.isclose's default tolerance.
    return [(x, y, r + 1e-9) for x, y, r in grid(n)]
