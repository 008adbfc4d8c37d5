"""Goal: take by many processes what one must not have"""
# held: refused overrun crashed timeout

import os, time

def attack():
    made = 0
    for _ in range(64):
        try:
            pid = os.fork()
        except OSError:
            break
        if not pid:
            hoard = bytearray(32 << 20)
            time.sleep(1000)
        made += 1
    return made > 32
