"""Goal: be another user"""
# held: refused

import os

def attack():
    for trick in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.setresuid(0, 0, 0), lambda: os.setuid(1000)):
        try:
            trick()
            return True
        except OSError:
            pass
    return os.getuid() == 0 and 'tmp' in os.getcwd()
