"""Goal: work on in every hook that runs at an end"""
# held: refused

import faulthandler, gc, signal, sys, threading, time, weakref

class Last:
    def __del__(self):
        time.sleep(1000)

def attack():
    last = Last()
    weakref.finalize(last, time.sleep, 1000)
    sys.last = [last, last]
    sys.last.append(sys.last)
    gc.callbacks.append(lambda *args: None)
    threading._register_atexit(time.sleep, 1000)
    sys.excepthook = sys.unraisablehook = lambda *args: time.sleep(1000)
    threading._shutdown = lambda: time.sleep(1000)
    signal.signal(signal.SIGTERM, lambda *args: time.sleep(1000))
    return False
