"""From a drag to the picture on the live page: one network, depth 5, width 100.

    python tests/benchmarks/bench_live.py

Moves the slider 50 times and waits each time until the frame that it asks for is painted. On a busy
machine look at the main thread's own time, which does not count what other programs take.
"""

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser import browser, opened

from tinynet.__main__ import main

MOVES = 50
DRAG = """async (moves) => {
  const slider = document.querySelector("#networks input"), took = [];
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const after = new MessageChannel();  // its message comes after layout and paint
    after.port1.onmessage = () => done(performance.now());
    after.port2.postMessage(0);
  }));
  for (let k = 0; k < moves; k++) {
    await new Promise((done) => setTimeout(done, 30));
    slider.value = -1 + 2 * ((k * 37) % 100) / 100;
    const start = performance.now();
    slider.dispatchEvent(new Event("input"));
    took.push(await painted() - start);
  }
  return took;
}"""


def thread_time(session):
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * {one["name"]: one["value"] for one in metrics}["ThreadTime"]


with tempfile.TemporaryDirectory() as folder, browser() as chromium:
    file = Path(folder) / "live.html"
    main(["live", "--out", str(file)])
    with opened(chromium, f"{file.as_uri()}#activation=tanh&depth=5&a=standard") as page:
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.evaluate(DRAG, 20)  # until its code is compiled
        before = thread_time(session)
        took = page.evaluate(DRAG, MOVES)
        own = (thread_time(session) - before) / MOVES
print(f"drag to picture: median {statistics.median(took):.1f} ms, least {min(took):.1f} ms")
print(f"the main thread's own time: {own:.1f} ms a drag")
