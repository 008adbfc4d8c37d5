def priority(element, n):
    return float("inf") if 0 in element else 0.0
