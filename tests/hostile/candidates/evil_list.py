"""Goal: a list that lies about its length"""
# held: plain

class Evil(list):
    def __len__(self):
        return 1
    def __iter__(self):
        return iter([1, 2, 3])

def attack():
    return Evil([1, 2, 3])
