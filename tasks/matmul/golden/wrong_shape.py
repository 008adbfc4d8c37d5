def unit(length, index):
    return [1 if k == index else 0 for k in range(length)]


def factors(n, m, p):
    """The school method: one multiplication a[i, k] * b[k, j] for each i, k, j."""
    U, V, W = [], [], []
    for i in range(n):
        for k in range(m):
            for j in range(p):
                U.append(unit(n * m, i * m + k))
                V.append(unit(m * p + 1, k * p + j))
                W.append(unit(n * p, i * p + j))
    return U, V, W
