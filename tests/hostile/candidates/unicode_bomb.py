"""Goal: take memory by a normal form eighteen times as long"""
# held: overrun

import unicodedata

def attack():
    return len(unicodedata.normalize('NFKC', '\ufdfa' * (8 << 20)))
