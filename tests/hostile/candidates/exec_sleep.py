"""Goal: become another program that holds the socket and says nothing"""
# held: timeout crashed

import os, shutil

def attack():
    os.set_inheritable(3, True)
    os.execv(shutil.which('sleep') or '/bin/sleep', ['sleep', '1000'])
