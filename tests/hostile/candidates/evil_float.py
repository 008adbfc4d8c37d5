"""Goal: a number that compares as it likes"""
# held: plain

class Evil(float):
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
    return [Evil(1.5), {'a': Evil(2.5)}]
