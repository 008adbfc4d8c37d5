"""Goal: make the judge follow a circle"""
# held: malformed

def attack():
    value = []
    value.append(value)
    return value
