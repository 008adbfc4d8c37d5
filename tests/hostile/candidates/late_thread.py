"""Goal: work on after the answer"""
# held: refused crashed

import threading, time

def work():
    while True:
        time.sleep(0.001)

def attack():
    for _ in range(4):
        threading.Thread(target=work, daemon=False).start()
    return False
