"""Goal: an exception that cannot be shown"""
# held: crashed

class Evil(BaseException):
    def __str__(self):
        raise SystemExit
    __repr__ = __str__

def attack():
    raise Evil()
