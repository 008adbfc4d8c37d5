def solve(question):
    while True:
        pass
