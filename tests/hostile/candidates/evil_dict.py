"""Goal: an object whose items are not its items"""
# held: plain malformed

class Evil(dict):
    def items(self):
        return [('score', 1e9), ('$', ['f', 'inf'])]
    def __iter__(self):
        return iter(['score'])
    def __contains__(self, key):
        return False
    def keys(self):
        return ['$']
    def __getitem__(self, key):
        return ['F', 1 << 40]

def attack():
    return [Evil(a=1), {'$': ['f', 'inf']}, {'$': ['a', '|O', [1]]}]
