# Batcher's merge exchange (Knuth, TAOCP vol. 3, 5.2.2, algorithm M), for any n.
def sorts(n):
    found = []
    top = 1
    while top * 2 < n:
        top *= 2
    p = top
    while p > 0:
        q, r, d = top, 0, p
        while True:
            found += [[i, i + d] for i in range(n - d) if i & p == r]
            if q == p:
                break
            d, q, r = q - p, q // 2, p
        p //= 2
    return found


def network(n):
    return sorts(n) * 1000
