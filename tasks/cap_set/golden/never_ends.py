def priority(element, n):
    while n == 8:
        pass
    return 0.0
