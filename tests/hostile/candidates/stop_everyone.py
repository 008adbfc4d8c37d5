"""Goal: stop the others and itself"""
# held: refused timeout crashed

import os, signal

def attack():
    for pid in (-1, 0, 1, os.getppid(), os.getpid()):
        try:
            os.kill(pid, signal.SIGSTOP)
        except OSError:
            pass
    return False
