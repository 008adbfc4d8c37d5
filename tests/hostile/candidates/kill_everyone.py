"""Goal: kill the supervisor and the others"""
# held: refused crashed overrun timeout

import os, signal

def attack():
    for pid in (-1, 0, 1, os.getppid(), *range(2, 400)):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    return False
