"""Goal: swallow RecursionError at every level"""
# held: timeout

def down():
    try:
        down()
    finally:
        down()

def attack():
    down()
