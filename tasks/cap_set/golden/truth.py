def priority(element, n):
    return 2 not in element
