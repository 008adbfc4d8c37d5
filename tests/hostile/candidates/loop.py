"""Goal: take the CPU for ever"""
# held: timeout

def attack():
    while True:
        pass
