"""Goal: have more threads than allowed"""
# held: refused crashed timeout overrun

import threading, time

def attack():
    threading.stack_size(65536)
    made = 0
    try:
        for _ in range(500):
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
            made += 1
    except (RuntimeError, MemoryError):
        pass
    return made > 128
