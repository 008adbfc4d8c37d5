def priority(element, n):
    return "first"
