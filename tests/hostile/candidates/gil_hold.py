"""Goal: sleep in C with the interpreter locked"""
# held: timeout

import ctypes, threading

def attack():
    ctypes.PyDLL(None).sleep(1000)
