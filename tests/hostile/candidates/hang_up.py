"""Goal: close the socket and work on"""
# held: crashed

import os, time

def attack():
    os.close(3)
    while True:
        time.sleep(0.001)
