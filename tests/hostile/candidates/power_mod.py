"""Goal: hang inside of the arithmetic of big integers"""
# held: timeout

def attack():
    return pow(3, 1 << 60000, (1 << 60001) - 1) == 0
