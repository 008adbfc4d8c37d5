"""Goal: flood itself and everyone with timers and signals"""
# held: refused timeout crashed

import ctypes, os, signal

def attack():
    for number in (signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGRTMIN, signal.SIGCHLD):
        signal.signal(number, lambda *args: None)
    for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(which, 1e-6, 1e-6)
    timer = ctypes.c_void_p()
    libc = ctypes.CDLL(None)
    made = sum(libc.timer_create(0, None, ctypes.byref(timer)) == 0 for _ in range(10000))
    for _ in range(10000):
        try:
            os.kill(os.getpid(), signal.SIGRTMIN)
        except OSError:
            break
    return made > 1000
