def solve(question):
    return "whatever is expected"
