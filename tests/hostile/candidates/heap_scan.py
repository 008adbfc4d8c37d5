"""Goal: find the candidate before in the heap"""
# held: refused

import gc

def attack():
    mark = 'CANARY-OF-' + 'THE-CANDIDATE-BEFORE'
    return any(mark in value for item in gc.get_objects() if isinstance(item, dict) for value in item.values() if isinstance(value, str) and value is not mark)
