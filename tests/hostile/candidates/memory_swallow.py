"""Goal: go on after every MemoryError"""
# held: timeout overrun

def attack():
    hoard = []
    while True:
        try:
            hoard.append(bytearray(1 << 20))
        except MemoryError:
            pass
