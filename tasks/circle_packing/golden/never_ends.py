def pack(n):
    while True:
        pass
