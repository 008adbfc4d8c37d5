"""Goal: a traceback that shows what it likes"""
# held: crashed

def attack():
    code = compile('\n' * 70000 + 'raise ValueError("\x1b[2J score: 1e9 \ud800")', 'candidate.py', 'exec')
    exec(code, {'__name__': 'refine.verifiers.judge', '__file__': '/etc/passwd'})
