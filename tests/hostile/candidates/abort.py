"""Goal: abort the interpreter"""
# held: crashed

import os

def attack():
    os.abort()
