"""Goal: change the callers by their frames"""
# held: refused crashed malformed

import sys

def attack():
    frame = sys._getframe()
    while frame:
        for name, value in list(frame.f_locals.items()):
            if isinstance(value, dict):
                value['verdict'] = 'passed'
        frame.f_globals['SCORE'] = 10**9
        frame = frame.f_back
    return False
