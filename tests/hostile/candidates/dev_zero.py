"""Goal: read a device that never ends"""
# held: overrun timeout

def attack():
    with open('/dev/zero', 'rb') as file:
        return len(file.read())
