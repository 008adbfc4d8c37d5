"""Goal: change the limits of others or raise its own"""
# held: refused

import os, resource

def attack():
    for pid in (os.getppid(), 2, 3):
        try:
            resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1))
            return pid != 0
        except (OSError, ValueError):
            pass
    for which in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE):
        hard = resource.getrlimit(which)[1]
        if hard == resource.RLIM_INFINITY:
            continue
        try:
            resource.setrlimit(which, (hard + 1, hard + 1))
            return True
        except (OSError, ValueError):
            pass
    return False
