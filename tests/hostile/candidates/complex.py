"""Goal: a number without an order"""
# held: malformed

def attack():
    return [1j, complex('nan')]
