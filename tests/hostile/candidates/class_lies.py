"""Goal: an object that lies about its class"""
# held: malformed plain crashed

class Lie:
    def __init__(self, kind):
        self.kind = kind
    @property
    def __class__(self):
        return self.kind
    def __float__(self):
        return 1.0
    def __iter__(self):
        return iter([self, self])
    def __eq__(self, other):
        return True

def attack():
    return [Lie(float), Lie(list), Lie(dict)]
