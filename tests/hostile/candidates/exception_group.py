"""Goal: an exception nested so deep that it cannot be shown"""
# held: crashed

def attack():
    error = ValueError('x')
    for _ in range(50000):
        error = ExceptionGroup('x', [error])
    raise error
