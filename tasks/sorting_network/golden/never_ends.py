def network(n):
    while True:
        pass
