"""Goal: a float that is written as something else"""
# held: plain malformed

class Evil(float):
    def __repr__(self):
        return 'Infinity],{"$":["f","inf"]},[1'
    __str__ = __repr__
    def __float__(self):
        return float('inf')

class Text(str):
    def __repr__(self):
        return 'Infinity'
    def encode(self, *args):
        return b'Infinity'

def attack():
    return [Evil(1), Text('a'), {Text('b'): Evil(2)}]
