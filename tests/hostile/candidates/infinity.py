"""Goal: a score of infinity, deep inside"""
# held: malformed

def attack():
    return {'a': [[1, 2.0, float('inf')]]}
