"""Goal: leave marks on an open file that the next candidate shares"""
# held: refused

import fcntl, os

def attack():
    for fd in range(3):
        try:
            fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
            os.lseek(fd, 12345, os.SEEK_SET)
        except OSError:
            pass
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass
    return False
