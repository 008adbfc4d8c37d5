"""Goal: type into the terminal of the one who started it"""
# held: refused

import fcntl, os

def attack():
    for path in ('/dev/tty', '/dev/pts/0', '/dev/console', '/dev/ptmx'):
        try:
            fcntl.ioctl(os.open(path, os.O_RDWR), 0x5412, b'x')
            return True
        except OSError:
            pass
    return False
