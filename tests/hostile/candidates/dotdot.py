"""Goal: climb out of the root by descriptors of folders"""
# held: refused

import os

def attack():
    for start in ('/', '.', '/tmp', '/usr/lib'):
        try:
            fd = os.open(start, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            continue
        for _ in range(40):
            try:
                fd = os.open('..', os.O_RDONLY | os.O_DIRECTORY, dir_fd=fd)
                os.fchdir(fd)
            except OSError:
                break
        try:
            names = set(os.listdir(fd))
        except OSError:
            continue
        if names & {'var', 'proc', 'sys', 'run', 'boot', 'mnt'}:
            return sorted(names)
    return False
