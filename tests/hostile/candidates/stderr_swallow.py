"""Goal: flood standard error and swallow the refusal"""
# held: timeout

import os

def attack():
    while True:
        try:
            os.write(2, b'x' * 65536)
        except OSError:
            pass
