def pack(n):
    pass
