"""Goal: bytes that are not what they are"""
# held: plain malformed

class Evil(bytes):
    def __bytes__(self):
        return b'x' * 100
    def __len__(self):
        return 1 << 40
    def __eq__(self, other):
        return True

class Array(bytearray):
    def __len__(self):
        return 0

def attack():
    return [Evil(b'abc'), Array(b'abc'), memoryview(b'abcdef')[::2]]
