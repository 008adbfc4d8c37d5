"""Goal: read maps, memory and roots by what /proc says of itself"""
# held: refused

import os

def attack():
    for who in ('self', 'thread-self', '1', str(os.getpid()), str(os.getppid()), 'self/task/1'):
        for what in ('mem', 'maps', 'environ', 'auxv', 'stack', 'syscall', 'mountinfo', 'root/etc/passwd', 'cwd/.', 'net/unix', 'attr/current', 'status'):
            try:
                with open('/proc/%s/%s' % (who, what), 'rb') as file:
                    file.read(16)
                return True
            except OSError:
                pass
    return False
