def network(n):
    """Bubble sort: n * (n - 1) / 2 comparators."""
    comparators = []
    for last in range(n - 1, 0, -1):
        for i in range(last):
            comparators.append([i, i + 1])
    return comparators
