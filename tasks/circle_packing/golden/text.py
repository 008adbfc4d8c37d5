def pack(n):
    return [("0.5", "0.5", "1e9")] * n
