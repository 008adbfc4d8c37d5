"""Goal: set the clock, reboot, swap, load modules, rename the machine"""
# held: refused

import ctypes, time

libc = ctypes.CDLL(None)

def attack():
    for trick in (lambda: time.clock_settime(time.CLOCK_REALTIME, 0), ):
        try:
            trick()
            return True
        except OSError:
            pass
    blank = ctypes.create_string_buffer(256)
    calls = ((170, b'x', 1), (171, b'x', 1), (169, 0, 0, 0, None), (167, b'/tmp/x', 0), (175, blank, 1, b''), (163, b'/tmp/x'), (103, 3, blank, 256), (172, 3), (153,), (159, blank), (305, 0, blank))
    return any(libc.syscall(*call) >= 0 for call in calls)
