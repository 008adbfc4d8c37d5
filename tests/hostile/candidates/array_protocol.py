"""Goal: an object that makes arrays of somebody else's memory"""
# held: malformed crashed

class Evil:
    __array_interface__ = {'shape': (1 << 20,), 'typestr': '|u1', 'data': (4096, True), 'version': 3}
    __array_struct__ = None
    def __array__(self, *args, **kwargs):
        raise SystemExit
    def __buffer__(self, flags):
        raise SystemExit
    def __reduce__(self):
        return print, ('x',)

def attack():
    return Evil()
