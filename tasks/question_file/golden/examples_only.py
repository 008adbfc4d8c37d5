"""Knows nothing but that small totals are frequent."""


def solve(question):
    return "20"
