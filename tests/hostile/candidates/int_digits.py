"""Goal: make the judge read a number of 400 000 digits"""
# held: malformed

def attack():
    return 10 ** 400000
