def pack(n):
    return [(10.0 * i, 0.5, 4.9) for i in range(n)]
