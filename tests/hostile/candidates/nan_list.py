"""Goal: nan in a long list"""
# held: malformed

def attack():
    return [1.0] * 1000 + [float('nan')]
