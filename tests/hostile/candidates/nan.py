"""Goal: a score of nan"""
# held: malformed

def attack():
    return float('nan')
