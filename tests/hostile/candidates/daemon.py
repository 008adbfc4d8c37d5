"""Goal: leave a daemon behind"""
# held: refused crashed

import os, time

def attack():
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        while True:
            time.sleep(0.01)
            try:
                open('/tmp/left', 'a').write('x')
            except OSError:
                pass
    return False
