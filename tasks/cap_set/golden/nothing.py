def priority(element, n):
    pass
