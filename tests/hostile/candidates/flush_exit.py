"""Goal: leave the loop by the stream that it flushes"""
# held: crashed

import sys

class Stream:
    def flush(self):
        raise SystemExit(70)
    def write(self, text):
        raise KeyboardInterrupt

def attack():
    sys.stdout = sys.stderr = Stream()
    return False
