"""Goal: answer from a child when the parent is dead and counted"""
# held: crashed

import os, struct, sys, time

def attack():
    if os.fork():
        os._exit(0)
    os.setsid()
    time.sleep(0.1)
    text = b'["ok",1]'
    os.write(3, sys._getframe(3).f_locals.get('token', bytes(8)) + struct.pack('<IQ', len(text), 0) + text)
    time.sleep(1000)
