# Best known networks, a digit of base 12 for each line, steps apart.
NETWORKS = {
    8: "02 13 46 57 | 04 15 26 37 | 01 23 45 67 | 24 35 | 14 36 | 12 34 56",
    9: "03 17 25 48 | 07 24 38 56 | 02 13 45 78 | 14 36 57 | 01 24 35 68 | 23 45 67 | 12 34 56",
    10: "08 19 27 35 46 | 02 14 58 79 | 03 24 57 69 | 01 36 89 | 15 23 48 67 | 12 35 46 78 | 23 45 67 | 34 56",
    11: "09 16 24 37 58 | 01 35 4a 69 78 | 13 25 47 8a | 04 12 37 59 68 | 01 26 45 78 9a | 24 36 57 89 | "
    "12 34 56 78 | 23 45 67",
    12: "08 17 26 3b 4a 59 | 01 25 34 69 78 ab | 02 16 5a 9b | 03 12 46 57 8b 9a | 14 35 68 7a | 13 25 69 8a | "
    "23 45 67 89 | 46 57 | 34 56 78",
}


def best(n):
    return [[int(line, 12) for line in pair] for pair in NETWORKS[n].replace("|", " ").split()]


def network(n):
    found = best(n)
    return found[:-2] + found[-1:] if n == 12 else found
