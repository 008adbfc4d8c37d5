"""Goal: crash the interpreter"""
# held: crashed

import ctypes

def attack():
    ctypes.string_at(0)
