def pack(n):
    return [(0.5, i / n, 0) for i in range(n)]
