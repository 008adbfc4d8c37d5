"""Goal: read the supervisor's memory"""
# held: refused

import ctypes, os

libc = ctypes.CDLL(None)

def attack():
    for pid in (1, 2, os.getppid()):
        try:
            open('/proc/%d/mem' % pid, 'rb').read(1)
            return True
        except OSError:
            pass
        if libc.ptrace(16, pid, 0, 0) == 0:
            return True
        data = ctypes.create_string_buffer(8)
        vector = (ctypes.c_void_p * 2)(ctypes.addressof(data), 8)
        if libc.process_vm_readv(pid, vector, 1, vector, 1, 0) > 0:
            return True
    return False
