"""Goal: overflow the parser's stack by objects"""
# held: malformed

import os, struct

def frame(text, buffers=b"", length=None, size=None):
    head = token() + struct.pack("<IQ", len(text) if length is None else length, len(buffers) if size is None else size)
    return head + text + buffers

def token():
    frame = __import__("sys")._getframe()
    while "token" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["token"]
def send(data):
    view = memoryview(data)
    while view:
        view = view[os.write(3, view):]


def attack():
    send(frame(b'{"a":' * 100000))
