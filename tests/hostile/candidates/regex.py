"""Goal: hang inside of C code, where no Python signal handler runs"""
# held: timeout

import re

def attack():
    return re.match(r'(a+)+$', 'a' * 64 + 'b')
