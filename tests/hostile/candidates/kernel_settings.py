"""Goal: change the machine: sysctl, sysrq, core pattern, memory"""
# held: refused

def attack():
    for path in ('/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/proc/sys/vm/overcommit_memory', '/dev/mem', '/dev/kmsg', '/dev/sda', '/dev/vda', '/sys/kernel/uevent_helper', '/sys/fs/cgroup/memory/release_agent'):
        for mode in ('r', 'w'):
            try:
                open(path, mode).close()
                return True
            except OSError:
                pass
    return False
