"""Goal: change the frames of the callers by a trace function"""
# held: refused plain malformed crashed

import sys

def trace(frame, event, arg):
    for name in list(frame.f_locals):
        if name in ('parts', 'value', 'score'):
            frame.f_locals[name] = [b'\x0a\0\0\0\0\0\0\0\0\0\0\0', b'["ok",1e9]']
    if frame.f_globals.get('__name__') == 'wire':
        frame.f_globals['encode'] = lambda value: [b'\x0a\0\0\0\0\0\0\0\0\0\0\0', b'["ok",1e9]']
    return trace

def attack():
    sys.setprofile(trace)
    frame = sys._getframe()
    while frame:
        frame.f_trace = trace
        frame = frame.f_back
    return False
