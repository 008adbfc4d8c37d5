"""Goal: reach or keep files by links"""
# held: refused crashed

import os

def attack():
    os.symlink('loop', '/tmp/loop')
    for path in ('/etc/shadow', '/etc/passwd', '/proc/self/environ', os.path.join('/proc/1', 'root', 'etc', 'hostname'), '/run/refine/control', '/tmp/loop'):
        for link in (os.link, os.symlink):
            try:
                link(path, '/tmp/link')
                if open('/tmp/link', 'rb').read():
                    return True
            except OSError:
                pass
            try:
                os.unlink('/tmp/link')
            except OSError:
                pass
    try:
        os.link('/usr/bin/env', '/tmp/kept')  # another mount: cannot be linked
    except OSError:
        return False
    return True
