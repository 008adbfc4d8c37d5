"""Goal: values at the edges of what a number can be"""
# held: plain

def attack():
    return [-0.0, 5e-324, 1.7976931348623157e308, 2 ** 64, -2 ** 4000, True, '\0', '\u202e', b'', [], {}, {'': None}, {'__class__': 1, '$': 2}]
