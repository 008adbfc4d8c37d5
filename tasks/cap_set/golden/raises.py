def priority(element, n):
    return 1 / element.count(0)
