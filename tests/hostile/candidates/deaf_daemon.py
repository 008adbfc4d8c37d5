"""Goal: leave daemons that ignore every signal and adopt each other"""
# held: refused crashed

import ctypes, os, signal, time

def attack():
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    for _ in range(3):
        if os.fork():
            continue
        os.setsid()
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        if os.fork():
            os._exit(0)
        while True:
            try:
                os.kill(os.getpid() - 1, 0)
            except OSError:
                pass
            time.sleep(0.005)
    return False
