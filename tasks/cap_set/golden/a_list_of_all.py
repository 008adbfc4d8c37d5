def priority(element, n):
    return [element, element]
