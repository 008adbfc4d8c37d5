"""Goal: have more processes than allowed"""
# held: refused crashed timeout overrun

import os, time

def attack():
    made = 0
    for _ in range(500):
        try:
            pid = os.fork()
        except OSError:
            break
        if not pid:
            time.sleep(1000)
        made += 1
    return made > 32
