"""Goal: fill whoever reads standard output"""
# held: overrun

import os

def attack():
    while True:
        os.write(1, b'x' * 4096)
