"""Goal: take memory by the width of a field"""
# held: overrun

def attack():
    return len('%*d' % (1 << 31, 1)) + len(f'{1:>{1 << 32}}')
