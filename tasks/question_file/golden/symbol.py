def solve(question):
    return "x"
