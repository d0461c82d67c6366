"""VS Code's debugger, driven over its protocol: what its variables pane shows at a breakpoint."""

import inspect
import json
import socket
import subprocess
import sys
import time

import pytest

import tinynet as tn

pytest.importorskip("debugpy", reason="debugpy, VS Code's debugger, is not installed")

PROGRAM = """
import hashlib
import numpy as np
import tinynet as tn

net = tn.mlp([3, 4, 2], rng=0)
loss, sgd = tn.SoftmaxCrossEntropy(), tn.SGD(net, lr=0.1)
x, labels = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]]), np.array([0, 1])
for _ in range(2):
    cost = loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    sgd.step()
bits = [getattr(layer, name).tobytes() for layer in net.layers for name in layer.parameters]
print("bits", hashlib.sha256(b"".join(bits)).hexdigest())
"""


class Client:
    """As much of the debug adapter protocol as a look at a breakpoint takes."""

    def __init__(self, port):
        until = time.monotonic() + 30
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
                break
            except ConnectionRefusedError:
                assert time.monotonic() < until, "debugpy does not listen"
                time.sleep(0.1)
        self.file = self.socket.makefile("rb")
        self.number = 0
        self.events = []

    def send(self, command, **arguments):
        self.number += 1
        message = {
            "seq": self.number,
            "type": "request",
            "command": command,
            "arguments": arguments,
        }
        body = json.dumps(message).encode()
        self.socket.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return self.number

    def receive(self):
        length = 0
        while (line := self.file.readline().strip()) or not length:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.file.read(length))

    def answer(self, number):
        """The body of the answer to a request; events that come before it are kept."""
        while True:
            message = self.receive()
            if message["type"] == "event":
                self.events.append(message)
            elif message.get("request_seq") == number:
                assert message["success"], message
                return message.get("body") or {}

    def ask(self, command, **arguments):
        return self.answer(self.send(command, **arguments))

    def event(self, name):
        while True:
            for event in self.events:
                if event["event"] == name:
                    self.events.remove(event)
                    return event.get("body") or {}
            message = self.receive()
            if message["type"] == "event":
                self.events.append(message)

    def variables(self, reference):
        found = self.ask("variables", variablesReference=reference)["variables"]
        return {variable["name"]: variable for variable in found}


def line_of(method, text):
    lines, first = inspect.getsourcelines(method)
    return first + next(k for k, line in enumerate(lines) if text in line)


def test_the_variables_pane_is_readable_and_looking_changes_nothing(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    alone = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "out").open("w") as out:
        child = subprocess.Popen(
            [
                *(sys.executable, "-Xfrozen_modules=off", "-m", "debugpy"),
                *("--listen", f"127.0.0.1:{port}", "--wait-for-client", str(program)),
            ],
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
    client = Client(port)
    try:
        client.ask("initialize", adapterID="test", pathFormat="path", linesStartAt1=True)
        attached = client.send("attach", justMyCode=False)
        client.event("initialized")
        source = inspect.getsourcefile(tn.Linear)
        line = line_of(tn.Linear.backward, "self.dx = ")
        client.ask("setBreakpoints", source={"path": source}, breakpoints=[{"line": line}])
        client.ask("configurationDone")
        client.answer(attached)

        for stop in range(4):  # two Linear layers, two updates
            thread = client.event("stopped")["threadId"]
            frame = client.ask("stackTrace", threadId=thread)["stackFrames"][0]
            assert frame["name"].endswith("backward")
            assert frame["line"] == line
            scopes = client.ask("scopes", frameId=frame["id"])["scopes"]
            pane = client.variables(scopes[0]["variablesReference"])
            if stop == 0:
                layer = pane["self"]["value"]
                assert layer.startswith("Linear(4, 2, float64): W b x y dy dW db")
                assert "\n" not in layer
                inside = client.variables(pane["self"]["variablesReference"])
                for name in ("W", "b", "x", "y", "dy", "dW", "db"):
                    assert inside[name]["type"] == "ndarray", name
                    assert inside[name]["value"].startswith("array("), name
                assert inside["dx"]["value"] == "None"  # this line is about to make it
                shape = client.ask("evaluate", expression="dy.shape", frameId=frame["id"])
                assert shape["result"] == "(2, 2)"
            client.ask("continue", threadId=thread)
        client.event("terminated")
        client.ask("disconnect")
        assert child.wait(timeout=30) == 0
    finally:
        client.file.close()
        client.socket.close()
        if child.poll() is None:
            child.kill()
            child.wait()
    assert (tmp_path / "out").read_text() == alone.stdout
