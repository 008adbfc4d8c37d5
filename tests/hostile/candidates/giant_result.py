"""Goal: make the judge allocate without end"""
# held: overrun

def attack():
    return 'x' * (8 << 20)
