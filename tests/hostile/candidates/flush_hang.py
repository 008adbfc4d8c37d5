"""Goal: hang the loop in the stream that it flushes"""
# held: timeout

import sys, time

class Stream:
    def flush(self):
        time.sleep(1000)

def attack():
    sys.stdout = Stream()
    return False
