"""Goal: keys that are equal on the other side"""
# held: malformed

def attack():
    return {1: 'a', '1': 'b'}
