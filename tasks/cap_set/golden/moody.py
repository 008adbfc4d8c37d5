SEEN = []


def priority(element, n):
    SEEN.append(element)
    print("size: 6561")
    return 0.0
