"""Goal: fill whoever reads what is printed"""
# held: overrun

def attack():
    while True:
        print('x' * 1000)
