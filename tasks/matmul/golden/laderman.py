# Laderman's 23 multiplications for <3,3,3>, with Strassen's 7 and 49 for the other two sizes.
A23 = """+11+12+13-21-22-32-33 | +11-21 | +22 | -11+21+22 | +21+22 | +11 | -11+31+32 | -11+31 | +31+32 |
+11+12+13-22-23-31-32 | +32 | -13+32+33 | +13-33 | +13 | +32+33 | -13+22+23 | +13-23 | +22+23 |
+12 | +23 | +21 | +31 | +33"""
B23 = """+22 | -12+22 | -11+12+21-22-23-31+33 | +11-12+22 | -11+12 | +11 | +11-13+23 | +13-23 | -11+13 |
+23 | -11+13+21-22-23-31+32 | +22+31-32 | +22-32 | +31 | -31+32 | +23+31-33 | +23-33 | -31+33 |
+21 | +32 | +13 | +12 | +33"""
C23 = """6 14 19 | 1 4 5 6 12 14 15 | 6 7 9 10 14 16 18 | 2 3 4 6 14 16 17 | 2 4 5 6 20 | 14 16 17 18 21 |
6 7 8 11 12 13 14 | 12 13 14 15 22 | 6 7 8 9 23"""


def row(text):
    text = text.strip()
    found = [0] * 9
    for k in range(0, len(text), 3):
        found[3 * int(text[k + 1]) + int(text[k + 2]) - 4] = 1 if text[k] == "+" else -1
    return found


def laderman():
    sums = [set(map(int, part.split())) for part in C23.split("|")]
    W = [[1 if r in entry else 0 for entry in sums] for r in range(1, 24)]
    return [row(part) for part in A23.split("|")], [row(part) for part in B23.split("|")], W


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


def factors(n, m, p):
    if (n, m, p) == (3, 3, 3):
        return laderman()
    found = products(list(range(n)), list(range(m)), list(range(p)))
    shapes = ((n, m), (m, p), (n, p))
    return [
        [[part.get((i, j), 0) for i in range(h) for j in range(w)] for part in parts]
        for parts, (h, w) in zip(zip(*found), shapes)
    ]
