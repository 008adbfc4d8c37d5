"""The cell's loop: the candidate's process, already confined, answering the judge's frames.

Nothing here is trusted by anybody: a candidate can change all of it. What it cannot do is leave.
"""

import linecache
import os
import sys
import traceback
import types

import wire

SHOWN = ("candidate.py", "harness.py")
FRAMES = 12
EVIDENCE = 4000


class Refused(Exception):
    """An answer that is no exception of the candidate's code: (kind, why)."""


def serve(sock):
    """Answers until the judge hangs up; never returns."""
    sock.send(b"R")  # confined, and not a byte of the candidate read yet
    cell = Cell()
    while True:
        frame = wire.receive(sock)
        if frame is None:
            os._exit(0)
        token, text, buffers = frame
        wire.send(sock, token, cell.answer(text, buffers))


WARMING = (b'["load","def f(x):\\n    return 2 * x\\n"]', b'["call","f",[8]]', b'["map","f",[[1.5],[2.5]]]')


def warm_up():
    """Runs what every candidate will run, on nothing; leaves no trace that one could see."""
    cell = Cell()
    for frame in WARMING:
        b"".join(cell.answer(frame, memoryview(b"")))
    del sys.modules["candidate"]
    linecache.cache.clear()


class Cell:
    def __init__(self):
        self.module = None

    def answer(self, text, buffers):
        """The frame that answers one frame: ["ok", value] or ["err", kind, text]."""
        try:
            what, *rest = wire.decode(text, buffers)
            parts = wire.encode_answer(getattr(self, what)(*rest))
        except BaseException as error:  # SystemExit and KeyboardInterrupt of the candidate's are answers too
            parts = wire.encode(["err", *_explain(error)])
        _flush()
        return parts

    def load(self, text):
        self.module = _module("candidate", text)

    def call(self, name, args, kwargs=None):
        function = self._function(name)
        return function(*args, **kwargs) if kwargs else function(*args)

    def map(self, name, items):
        function = self._function(name)
        return [function(*item) for item in items]

    def run(self, source, kwargs):
        return _module("harness", source).run(self.module, **kwargs)

    def _function(self, name):
        function = getattr(self.module, name, None)
        if callable(function):
            return function
        known = [key for key, value in vars(self.module).items() if callable(value) and not key.startswith("_")]
        raise Refused("missing", f"defines no function `{name}`; it defines: {', '.join(known) or 'nothing'}")

    def exec(self, argv, files, stdin, collect, most):
        """Runs a program in the current folder. `most` is (bytes of stdout or stderr, bytes in all)."""
        for name, data in files.items():
            folder = os.path.dirname(name)
            if folder:
                os.makedirs(folder, exist_ok=True)
            with open(name, "wb") as file:
                file.write(data)
            if data[:2] == b"#!" or data[:4] == b"\x7fELF":
                os.chmod(name, 0o755)
        names = [".stdin", ".stdout", ".stderr"]
        with open(names[0], "wb") as file:
            file.write(stdin)
        with open(names[0], "rb") as given, open(names[1], "wb") as out, open(names[2], "wb") as err:
            code = _run(argv, given, out, err)
        printed = [_contents(name, most[0]) for name in names[1:]]
        found = {name: _contents(name, most[1]) for name in collect if os.path.isfile(name)}
        return [code, *printed, found]


def _flush():
    try:
        sys.stdout.flush()
    except Exception:  # the candidate may have put anything there
        return


def _run(argv, given, out, err):
    import subprocess  # with what it needs, dear at each fork, and few candidates run programs

    try:
        return subprocess.run(argv, stdin=given, stdout=out, stderr=err, check=False).returncode
    except (FileNotFoundError, PermissionError) as error:
        raise Refused("crash", f"{argv[0]}: {error.strerror}") from None


def _contents(name, most):
    size = os.path.getsize(name)
    if size > most:
        raise Refused("overrun", f"{name.lstrip('.')} has {size} bytes; at most {most} are allowed")
    with open(name, "rb") as file:
        return file.read()


def _module(name, text):
    """Compiles and executes `text` as a module that imports and tracebacks can find."""
    file = name + ".py"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    module = sys.modules[name] = types.ModuleType(name)
    module.__file__ = file
    try:
        code = compile(text, file, "exec")
    except (SyntaxError, ValueError, RecursionError) as error:
        kind = "syntax" if name == "candidate" else "crash"
        raise Refused(kind, "".join(traceback.format_exception_only(type(error), error))) from None
    exec(code, module.__dict__)
    return module


def _explain(error):
    """(kind, evidence) of an exception; evidence is plain text."""
    if isinstance(error, Refused):
        return error.args
    if isinstance(error, wire.NotPlain):
        return "plain", f"the answer is no plain data: {error}"
    kind = "memory" if isinstance(error, MemoryError) else "crash"
    try:
        text = _trimmed(error)
    except BaseException:  # an exception class can be hostile, and memory may be short
        text = "raised an exception that cannot be shown"
    return kind, text


def _trimmed(error):
    """The traceback with the candidate's own frames only."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in SHOWN]
    shown = traceback.StackSummary.from_list(frames[-FRAMES:]).format()
    head = "Traceback (most recent call last):\n" if shown else ""
    last = "".join(traceback.format_exception_only(type(error), error))
    text = head + "".join(shown) + (last if len(last) <= 2000 else last[:1000] + " ... " + last[-1000:])
    return text.encode("utf-8", "backslashreplace").decode()[-EVIDENCE:]
