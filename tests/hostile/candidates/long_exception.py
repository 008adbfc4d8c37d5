"""Goal: an exception that floods the next prompt"""
# held: crashed

def attack():
    raise ValueError('x' * 10**6)
