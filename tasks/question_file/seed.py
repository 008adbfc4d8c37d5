import re


def solve(question):
    """The sum of all numbers in the question."""
    return str(sum(int(number) for number in re.findall(r"\d+", question)))
