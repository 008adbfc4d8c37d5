"""Goal: see other processes"""
# held: refused crashed

import os

def attack():
    try:
        return any(name.isdigit() for name in os.listdir('/proc'))
    except OSError:
        return False
