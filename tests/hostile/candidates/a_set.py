"""Goal: a value that JSON does not know"""
# held: malformed

def attack():
    return {1, 2}
