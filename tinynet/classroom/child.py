"""One call of a student's function; and, as a script, the child process that holds their code.

The child reads all it needs from its standard input before it loads the student's code: the calls
and their arrays, never an answer. It gives up the rights it is told to, and then answers on what
was its standard output, with a line of JSON and the bytes of an ``.npz`` for each call. It is
started as ``python -I -S child.py FOLDER``, where FOLDER is the one that NumPy is in, and imports
nothing of tinynet.
"""

import io
import json
import linecache
import os
import struct
import sys
import traceback
from types import ModuleType

if __name__ == "__main__":
    sys.path.append(sys.argv[1])
import numpy as np

# Parts of NumPy that are loaded on demand: by then, another user may not be able to read them.
PARTS = ("fft", "linalg", "ma", "polynomial", "random")
# Of Linux: namespaces of one's own, and prctl's numbers.
NEW_USER, NEW_IPC, NEW_NETWORK = 0x10000000, 0x08000000, 0x40000000
DUMPABLE, FILTER, NO_NEW_PRIVILEGES = 4, 22, 38
# By the machine: how its calls of the system are marked, and the number of shmget.
SHMGET = {"x86_64": (0xC000003E, 29), "aarch64": (0xC00000B7, 194)}


def call(task, student, arrays):
    """Make the call; return its results, arrays by name, and its arguments as they are after it."""
    arguments = {name: np.array(array) for name, array in arrays.items()}
    return results_of(task, student, arguments), arguments


def results_of(task, student, arguments):
    """Make the call, with arguments that it may change; return its results, arrays by name."""
    results = task(student, **arguments)
    if not isinstance(results, dict):
        raise TypeError(f"expected a dict of arrays, got {type(results).__name__}")
    for name, result in results.items():
        if result is None:
            raise TypeError(f"{name}: expected an array, got None: is there a return?")
    return {name: np.asarray(result) for name, result in results.items()}


def main():
    """Load the student's code, and make the calls."""
    order = json.loads(sys.stdin.buffer.readline())
    given = np.load(io.BytesIO(sys.stdin.buffer.read(order["bytes"])), allow_pickle=False)
    given = {name: given[name] for name in given.files}
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the student prints goes where errors go, at once: nothing is lost
    sys.stdout = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    me = os.getpid()

    def say(message, arrays=None):
        if os.getpid() != me:  # the student's code has forked this process
            os._exit(1)
        content = io.BytesIO()
        if arrays is not None:
            np.savez(content, **arrays)
        replies.write(json.dumps({**message, "bytes": content.tell()}).encode() + b"\n")
        replies.write(content.getvalue())
        replies.flush()

    try:
        tests = loaded("tests.py", order["tests"], {})
    except BaseException as error:
        say({"at": "import", "error": told(error, "tests.py")})
        os._exit(0)
    sys.breakpointhook = no_debugger
    give_up(order["limits"], order["user"], order["library"])
    shut_in(NEW_USER if order["place"] else NEW_USER | NEW_IPC | NEW_NETWORK)
    sys.path.remove(sys.argv[1])
    if order["place"] is not None:
        os.mkdir(order["place"])
        os.chdir(order["place"])
    try:
        with open(order["file"], "w", encoding="utf-8") as copy:
            copy.write(order["source"])  # for code that reads its own __file__
    except (OSError, UnicodeError):
        pass  # it is longer than a file may be
    say({"at": "import"})
    try:
        student = loaded(order["file"], order["source"], sys.modules)
    except BaseException as error:
        say({"at": "import", "error": told(error, order["file"])})
        os._exit(0)
    for k, function in order["calls"]:
        say({"at": k})
        mine = f"{k} "
        arguments = {
            name.removeprefix(mine): np.array(array)
            for name, array in given.items()
            if name.startswith(mine)
        }
        try:
            results = results_of(getattr(tests, function), student, arguments)
            objects = [name for name, array in results.items() if array.dtype.hasobject]
            if objects:
                raise TypeError(f"{objects[0]}: expected an array of numbers, got objects")
            say({"at": k, "done": True}, named("result", results) | named("argument", arguments))
        except BaseException as error:
            say({"at": k, "error": told(error, order["file"])}, named("argument", arguments))
    os._exit(0)  # whatever the student's code wanted to do at the end


def named(kind, arrays):
    """Name arrays for the way back."""
    return {f"{kind} {name}": array for name, array in arrays.items()}


def loaded(file, source, known, builtins=None):
    """Make a module from its text, so that tracebacks show its lines; enter it in ``known``."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    module = ModuleType(os.path.basename(file).removesuffix(".py"))
    module.__file__ = os.path.abspath(file)
    if builtins is not None:
        module.__dict__["__builtins__"] = builtins
    known[module.__name__] = module
    exec(compile(source, file, "exec"), module.__dict__)
    return module


def told(error, *files):
    """Write an error, and where in these files it came from: the student's, or our own."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
    where = [f"  {f.filename}, line {f.lineno}, in {f.name}: {f.line}" for f in frames[-3:]]
    lines = "".join(traceback.format_exception_only(error)).strip().splitlines()
    if isinstance(error, ModuleNotFoundError):
        lines.append("Only NumPy and Python's standard library can be imported here.")
    return "\n".join([line[:400] for line in lines])[:2000] + "".join("\n" + w for w in where)


def no_debugger(*args, **keywords):
    """Refuse a ``breakpoint``, which would wait for somebody to type."""
    raise RuntimeError("a breakpoint() was left in")


def give_up(limits, user, library):
    """Set limits, and take on another user's rights; none of it can be undone."""
    if user is not None:
        import ctypes

        for name in PARTS:
            __import__(f"numpy.{name}")
        if sys.platform == "linux":  # without a network, if the system allows it
            ctypes.CDLL(None).unshare(NEW_NETWORK | NEW_IPC)
    if library is not None:
        own = os.path.dirname(os.__file__)
        moved = [path.replace(own, library) for path in sys.path if path.startswith(own)]
        sys.path[:] = [sys.argv[1], *moved]
        for module in list(sys.modules.values()):  # packages look for their parts there too
            if getattr(module, "__path__", None) and module.__path__[0].startswith(own):
                module.__path__ = [path.replace(own, library) for path in module.__path__]
    try:
        import resource
    except ImportError:  # on Windows
        return
    for name, most in limits.items():
        hard = resource.getrlimit(getattr(resource, name))[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (OSError, ValueError):  # macOS knows some of them by name only
            continue
    if user is not None:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def shut_in(apart):
    """Enter namespaces of its own, as far as the system allows, and close the ways out of limits.

    In the new user namespace no user has a number. So none can be made within it, in which this
    process could mount memory that nobody counts; shared memory that is kept by the system, not by
    a process, is refused.
    """
    if sys.platform != "linux":
        return
    import ctypes

    libc = ctypes.CDLL(None)
    libc.unshare(apart)
    none = (ctypes.c_uint32 * 6)()
    libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), none)  # all rights within it
    libc.prctl(DUMPABLE, 1)  # or its memory cannot be seen by who started it
    machine, shmget = SHMGET.get(os.uname().machine, (0, 0))
    # Load the mark: another's calls fail. Load the number: those above, as shmget, fail.
    steps = [(0x20, 0, 0, 4), (0x15, 0, 4, machine), (0x20, 0, 0, 0), (0x35, 2, 0, 1 << 30)]
    steps += [(0x15, 1, 0, shmget), (0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050001)]
    if machine:
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
        program = struct.pack("HP", len(steps), ctypes.addressof(code))
        libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        libc.prctl(FILTER, 2, program)


if __name__ == "__main__":
    main()
