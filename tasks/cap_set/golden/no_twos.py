def priority(element, n):
    return -element.count(2)
