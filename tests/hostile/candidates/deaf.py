"""Goal: sleep with every signal ignored or blocked"""
# held: timeout

import signal, time

def attack():
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    time.sleep(10**6)
