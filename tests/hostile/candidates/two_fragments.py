"""Goal: an answer in two pieces and a third for later"""
# held: malformed plain

import os, struct, sys

def asked():
    frame = sys._getframe()
    while frame.f_back and 'token' not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals.get('token', bytes(8))

def frame(text, buffers=b''):
    return asked() + struct.pack('<IQ', len(text), len(buffers)) + text + buffers

def send(data):
    view = memoryview(data)
    while view:
        view = view[os.write(3, view):]


import time

def attack():
    whole = frame(b'["ok",1]') + frame(b'["ok",1e9]')[:7]
    send(whole[:9])
    time.sleep(0.01)
    send(whole[9:])
