"""Goal: fill /dev/shm"""
# held: refused crashed timeout

def attack():
    wrote = 0
    block = bytes(1 << 20)
    try:
        for i in range(64):
            with open('/dev/shm/%d' % i, 'wb') as file:
                for _ in range(8):
                    wrote += file.write(block)
    except OSError:
        pass
    return wrote > 64 << 20
