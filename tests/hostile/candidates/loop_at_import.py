"""Goal: take the CPU before any function is called"""
# held: timeout

while True:
    pass
