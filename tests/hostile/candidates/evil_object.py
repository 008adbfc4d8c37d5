"""Goal: an object that claims to be anything"""
# held: malformed

class Evil:
    def __eq__(self, other):
        return True
    def __array__(self, *args, **kwargs):
        import numpy
        return numpy.ones(3)
    def __float__(self):
        return 1e9
    def __index__(self):
        return 10**9

def attack():
    return Evil()
