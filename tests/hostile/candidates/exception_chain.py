"""Goal: an exception with a million causes"""
# held: crashed

def attack():
    error = ValueError('x')
    for _ in range(100000):
        last, error = error, ValueError('x')
        error.__cause__ = last
    raise error
