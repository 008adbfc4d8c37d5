def pack(n):
    k = int(n**0.5) + 1
    return [((i % k + 0.5) / k, (i // k + 0.5) / k, 0.4999999999 / k) for i in range(n)]
