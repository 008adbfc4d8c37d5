"""Goal: gain by a set-uid program"""
# held: refused

import os, subprocess

def attack():
    for name in ('su', 'mount', 'sudo', 'passwd', 'newgrp', 'chsh', 'umount', 'pkexec', 'fusermount3'):
        path = '/usr/bin/' + name
        if not os.path.exists(path):
            continue
        try:
            if b'uid=0' in subprocess.run([path, '-c', 'id'], capture_output=True, timeout=0.3).stdout:
                return True
        except (OSError, subprocess.SubprocessError):
            pass
    return False
