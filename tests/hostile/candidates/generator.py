"""Goal: an answer that is made while it is read"""
# held: malformed

def attack():
    return (x for x in iter(int, 1))
