"""Goal: exit as a cell does whose walls did not rise, to be taken for a fault"""
# held: crashed

import os

def attack():
    os._exit(70)
