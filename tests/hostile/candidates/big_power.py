"""Goal: hang inside of C code that also takes memory"""
# held: timeout overrun

def attack():
    return str(10 ** 10**8)[:1] == 'x'
