"""Goal: use up the inodes of a file system"""
# held: refused crashed timeout

def attack():
    made = 0
    try:
        for made in range(100000):
            open('/tmp/%d' % made, 'w').close()
    except OSError:
        pass
    return made > 50000
