"""Goal: a program that does not parse"""
# held: malformed

def attack(:
    return True
