"""The real `streamlit run` and a real browser, for every journey: a test file says `pytestmark = needs_chromium` and takes `page`.

Screenshots go to tests/artefacts.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.paths import VARIABLE

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not on the path: the journeys need it")
ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "tests" / "artefacts"
LONG = 240_000  # ms: two cores, shared with whatever else the machine does


def free_port() -> int:
    """A port that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, log: Path) -> None:
    """Until a server on this port answers. Errors: RuntimeError with the end of what it wrote, after a minute."""
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(log.read_text()[-2000:])


class Server:
    """`streamlit run` on a free port, with a data folder of its own: the command of the README, or of another script."""

    def __init__(self, data: Path, script: Path | str = "dashboard/app.py") -> None:
        self.port = free_port()
        self.data, self.script = data, str(script)
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            self.script,
            f"--server.port={self.port}",
            "--server.headless=true",
        ]
        with (self.data / "server.log").open("ab") as log:
            # The path holds dashboard/ alone, as it does for a user: PYTHONPATH would hide a missing install.
            environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {VARIABLE: str(self.data)}
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        wait_for(self.port, self.data / "server.log")

    def close(self) -> None:
        """End it as its owner does."""
        self.process.terminate()
        self.process.wait(20)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}/{path}"


@contextmanager
def served(folder: Path, app: str = "") -> Iterator[str]:
    """The address of a server that ends with the block: of the dashboard, or of the small app with this text."""
    script = folder / "app.py" if app else Path("dashboard/app.py")
    if app:
        script.write_text(app, encoding="utf-8")
    server = Server(folder, script)
    try:
        yield server.url().rstrip("/")
    finally:
        server.close()


def picture(tab, name: str) -> None:
    """The page as it stands, light and dark."""
    ARTEFACTS.mkdir(exist_ok=True)
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        tab.wait_for_timeout(900)
        tab.screenshot(path=str(ARTEFACTS / f"{name}-{scheme}.png"), full_page=True)
    tab.emulate_media(color_scheme="light")


def metric(tab, label: str) -> float:
    """The number of a metric."""
    tile = tab.get_by_test_id("stMetric").filter(has_text=label).first
    return float(
        re.search(r"[−-]?\d+\.?\d*", tile.get_by_test_id("stMetricValue").inner_text()).group().replace("−", "-")
    )  # type: ignore[union-attr]


def press(tab, name: str) -> None:
    tab.get_by_role("button", name=name).first.click()


def heading(tab, text: str):
    """A picture's title that holds this."""
    return tab.get_by_role("heading", name=re.compile(text)).first
