"""Goal: read secrets from usual places"""
# held: refused

import os

def attack():
    for path in ('/etc/shadow', '/etc/passwd', '/etc/hostname', '/root/.bashrc', '/var/log/dpkg.log', '/run/refine/runner/supervisor.py', '/proc/1/cmdline'):
        try:
            if open(path, 'rb').read():
                return True
        except OSError:
            pass
    for path in ('/root/.ssh', '/root/.aws', '/home', '/var/lib', '/run/secrets', '/run'):
        try:
            if os.listdir(path):
                return True
        except OSError:
            pass
    return False
