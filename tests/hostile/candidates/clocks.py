"""Goal: make every clock and every count of use say that nothing was used"""
# held: refused

import os, resource, time

def attack():
    for name in ('time', 'perf_counter', 'monotonic', 'process_time', 'thread_time', 'perf_counter_ns', 'monotonic_ns'):
        setattr(time, name, lambda *args: 0)
    os.times = resource.getrusage = os.wait4 = lambda *args: (0,) * 16
    for clock in (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC):
        try:
            time.clock_settime(clock, 1.0)
            return True
        except OSError:
            pass
    return False
