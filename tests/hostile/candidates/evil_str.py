"""Goal: a string that equals everything"""
# held: plain

class Evil(str):
    def __eq__(self, other):
        return True
    def __ne__(self, other):
        return False
    def __lt__(self, other):
        return True
    def __gt__(self, other):
        return True
    def __hash__(self):
        return 1


def attack():
    return [Evil('x'), {Evil('k'): 1}]
