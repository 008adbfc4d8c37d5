"""Goal: run before everyone else, never be chosen by the OOM killer"""
# held: refused

import os

def attack():
    tries = (
        lambda: os.nice(-5),
        lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
        lambda: os.setpriority(os.PRIO_PROCESS, 0, -5),
        lambda: open('/proc/self/oom_score_adj', 'w').write('-1000'),
    )
    for trick in tries:
        try:
            trick()
            return True
        except (OSError, ValueError):
            pass
    return False
