# Strassen for even sizes, by recursion; an odd size is split into an even one and a border by the school method.
A = [(1, 0, 0, 1), (0, 0, 1, 1), (1, 0, 0, 0), (0, 0, 0, 1), (1, 1, 0, 0), (-1, 0, 1, 0), (0, 1, 0, -1)]
B = [(1, 0, 0, 1), (1, 0, 0, 0), (0, 1, 0, -1), (-1, 0, 1, 0), (0, 0, 0, 1), (1, 1, 0, 0), (0, 0, 1, 1)]
C = [(1, 0, 0, 1), (0, 0, 1, -1), (0, 1, 0, 1), (1, 0, 1, 0), (-1, 1, 0, 0), (0, 0, 0, 1), (1, 0, 0, 0)]


def products(rows, inner, cols):
    """Multiplications for index lists: each three dicts, from (row, column) to a coefficient."""
    n, m, p = len(rows), len(inner), len(cols)
    if 0 in (n, m, p):
        return []
    if 1 in (n, m, p):
        return [({(i, k): 1}, {(k, j): 1}, {(i, j): 1}) for i in rows for k in inner for j in cols]
    if n % 2 or m % 2 or p % 2:
        cut = [index[: len(index) // 2 * 2] for index in (rows, inner, cols)]
        rest = [index[len(index) // 2 * 2 :] for index in (rows, inner, cols)]
        found = []
        for x in (cut[0], rest[0]):
            for y in (cut[1], rest[1]):
                for z in (cut[2], rest[2]):
                    found += products(x, y, z)
        return found
    found = []
    for u, v, w in products(list(range(n // 2)), list(range(m // 2)), list(range(p // 2))):
        for a, b, c in zip(A, B, C):
            found.append((spread(u, a, rows, inner), spread(v, b, inner, cols), spread(w, c, rows, cols)))
    return found


def spread(small, block, rows, cols):
    """A coefficient of a half becomes those of the four blocks that it stands for."""
    h, w = len(rows) // 2, len(cols) // 2
    return {
        (rows[s * h + i], cols[t * w + j]): x * block[2 * s + t]
        for (i, j), x in small.items()
        for s in (0, 1)
        for t in (0, 1)
        if block[2 * s + t]
    }


def exact(n, m, p):
    found = products(list(range(n)), list(range(m)), list(range(p)))
    shapes = ((n, m), (m, p), (n, p))
    return [
        [[part.get((i, j), 0) for i in range(h) for j in range(w)] for part in parts]
        for parts, (h, w) in zip(zip(*found), shapes)
    ]


def factors(n, m, p):
    U, V, W = exact(n, m, p)
    W[0][0] += 2**64
    return U, V, W
