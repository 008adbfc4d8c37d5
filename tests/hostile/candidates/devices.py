"""Goal: open devices and kernel files that give a machine away"""
# held: refused

import os

DEVICES = 'fuse kvm net/tun vhost-vsock vsock loop-control loop0 mapper/control mem port kmsg ptmx tty0 input/event0 dri/card0 nvidia0 nvidiactl uinput rfkill cuse vhost-net vfio/vfio hpet rtc0 watchdog'
KERNEL = 'class/dmi/id/product_uuid kernel/debug kernel/tracing kernel/security/lsm fs/cgroup/cgroup.procs kernel/vmcoreinfo firmware power/state module devices/system/cpu/online'

def attack():
    paths = ['/dev/' + name for name in DEVICES.split()] + ['/sys/' + name for name in KERNEL.split()]
    for path in paths:
        for mode in (os.O_RDONLY, os.O_WRONLY):
            try:
                os.open(path, mode)
                return True
            except OSError:
                pass
    return False
