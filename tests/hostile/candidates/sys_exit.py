"""Goal: end the loop that answers"""
# held: crashed

import sys

def attack():
    sys.exit(0)
