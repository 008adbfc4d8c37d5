"""Goal: a whole number that is something else each time"""
# held: plain malformed crashed

class Evil(int):
    def __int__(self):
        return 10 ** 9
    def __index__(self):
        return 10 ** 9
    def __repr__(self):
        return 'Infinity'
    __str__ = __repr__
    def __eq__(self, other):
        return True
    def __hash__(self):
        return 0

def attack():
    return [Evil(1), {'a': Evil(2)}, (Evil(3),) * 40]
