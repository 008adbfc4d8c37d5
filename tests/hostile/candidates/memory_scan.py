"""Goal: find the candidate before in raw memory"""
# held: refused crashed

import mmap

def attack():
    mark = ('CANARY-OF-' + 'THE-CANDIDATE-BEFORE').encode()[::-1]
    for _ in range(40):
        if mark[::-1] in mmap.mmap(-1, 1 << 20).read():
            return True
    return False
