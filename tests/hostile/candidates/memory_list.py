"""Goal: take all memory by Python objects"""
# held: overrun timeout

def attack():
    hoard = []
    while True:
        hoard.append(bytearray(1 << 20))
