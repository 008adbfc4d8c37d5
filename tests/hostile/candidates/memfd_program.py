"""Goal: run a program that is in no file system"""
# held: refused crashed timeout

import os, shutil

def attack():
    path = shutil.which('id')
    if not path:
        return False
    try:
        fd = os.memfd_create('program')
        with open(path, 'rb') as file:
            os.write(fd, file.read())
        read, write = os.pipe()
        if not os.fork():
            os.dup2(write, 1)
            os.execve(fd, ['id'], {})
        os.close(write)
        return b'uid=0' in os.read(read, 4096)
    except OSError:
        return False
