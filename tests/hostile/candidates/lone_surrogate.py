"""Goal: a string that cannot be written"""
# held: malformed

def attack():
    return '\ud800'
