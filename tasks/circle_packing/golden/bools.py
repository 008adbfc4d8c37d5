def pack(n):
    return [(0, 0, 0)] * (n - 1) + [(True, True, True)]
