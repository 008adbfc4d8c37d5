"""Goal: leave a file anywhere but in its own folder"""
# held: refused

import os

def attack():
    try:
        folders = []
        for found, inner, _ in os.walk('/'):
            if found.count('/') > 2:
                inner.clear()
            if not found.startswith('/tmp') and found != '/dev/shm':
                folders.append(found)
    except OSError:
        pass
    for folder in folders[:2000] + ['/', '/usr', '/dev', '/etc', '/var/tmp', '/run', '/proc', '/sys']:
        try:
            open(os.path.join(folder, 'left'), 'w').close()
        except OSError:
            continue
        return True
    return False
