"""The lab's network through the real commands: who steers after F5, what viewers may send, and whom the server talks to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from core.paths import VARIABLE
from tests.dashboard.chromium import LONG, ROOT, free_port, heading, needs_chromium, press, wait_for

pytestmark = needs_chromium

# Runs in every Python process of the server before anything else, and writes down each name asked for and each address.
RECORDER = r"""
import json, os, sys
_LOG = os.environ["INFOSCOPE_CONNECTIONS"]
def _heard(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        said = [event, str(arguments[0])]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(arguments[1], tuple):
        said = [event, str(arguments[1][0]), arguments[0].type.name]
    else:
        return
    with open(_LOG, "a") as file:
        file.write(json.dumps(said) + "\n")
sys.addaudithook(_heard)
with open(_LOG, "a") as file:
    file.write('["recording", ""]' + "\n")
"""
HERE = {"127.0.0.1", "localhost", "0.0.0.0", "::1", "None", ""}
PROBE = ["socket.connect", "192.0.2.1", "SOCK_DGRAM"]  # asks the system for this machine's own address; sends nothing


class Recorded:
    """A server started by one of the README's commands, and what its processes asked the network for."""

    def __init__(self, folder, *command: str) -> None:
        self.port, self.log = free_port(), folder / "connections"
        self.log.touch()
        (folder / "recorder").mkdir()
        (folder / "recorder" / "sitecustomize.py").write_text(RECORDER)
        environment = os.environ | {
            VARIABLE: str(folder / "data"),
            "PYTHONPATH": str(folder / "recorder"),
            "INFOSCOPE_CONNECTIONS": str(self.log),
            "STREAMLIT_SERVER_HEADLESS": "true",
        }
        command = tuple(part.format(port=self.port) for part in command)
        self.output = folder / "output"
        with self.output.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        wait_for(self.port, self.output)

    def foreign(self) -> list[list[str]]:
        found = [json.loads(line) for line in self.log.read_text().splitlines()]
        assert found  # the recorder was there
        return [said for said in found if said[1] not in HERE and said != PROBE]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Recorded(tmp_path_factory.mktemp("lab"), "dashboard", "--lab", "--port", "{port}")
    yield running
    running.close()


def links(lab: Recorded) -> tuple[str, str]:
    """The viewers' and the presenter's link, as printed; opened by this machine's own address."""
    found = re.findall(r"http://\S+?:\d+(/\?token=\S+)", lab.output.read_text())
    return tuple(f"http://127.0.0.1:{lab.port}{path}" for path in found)  # type: ignore[return-value]


def test_the_presenter_stays_the_presenter_after_f5_and_shows_a_harmless_address(lab, page):
    viewers, presenters = links(lab)
    key, token = presenters.split("token=")[1], viewers.split("token=")[1]
    page.goto(presenters.replace("/?", "/estimate?m=gaussian&"))
    press(page, "Start")
    heading(page, "Gaussian.* ends").wait_for(timeout=LONG)
    for _ in range(2):
        assert key not in page.url and f"token={token}" in page.url
        assert page.get_by_role("button", name="Start").first.is_enabled()
        page.reload()
        heading(page, "Gaussian.* ends").wait_for(timeout=LONG)
    assert page.get_by_role("button", name="Start").first.is_enabled()


def test_the_link_of_a_run_opens_it_for_a_viewer_who_cannot_steer(lab, browser, page):
    viewers, presenters = links(lab)
    page.goto(presenters.replace("/?", "/runs?"))
    page.get_by_text("Select a row").wait_for(timeout=LONG)
    table = page.get_by_test_id("stDataFrame").first.bounding_box()
    page.mouse.click(table["x"] + 18, table["y"] + 52)
    shown = page.get_by_test_id("stCode").first.inner_text().strip()
    assert shown.startswith("http://") and viewers.split("token=")[1] in shown and "run=" in shown
    assert presenters.split("token=")[1] not in shown and "127.0.0.1" not in shown
    other = browser.new_context().new_page()
    other.goto(re.sub(r"//[^/]+/", f"//127.0.0.1:{lab.port}/", shown))
    heading(other, "Gaussian.* ends").wait_for(timeout=LONG)
    assert other.get_by_text("View only: the presenter").count()
    assert not other.get_by_role("button", name="Start").count()
    other.context.close()


def put(lab: Recorded, session: str, cookies: dict[str, str]) -> int:
    """The status of an upload as the browser would send it."""
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\na,b\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": cookies.get("_streamlit_xsrf", "")}
    headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    url = f"http://127.0.0.1:{lab.port}/_stcore/upload_file/{session}/f"
    try:
        return urllib.request.urlopen(urllib.request.Request(url, body, headers, method="PUT"), timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_viewer_can_upload_nothing_even_past_the_page(lab, browser):
    statuses = {}
    for name, link in zip(("viewer", "presenter"), links(lab), strict=True):
        context = browser.new_context()
        tab = context.new_page()
        tab.goto(link.replace("/?", "/table?"))
        tab.get_by_text("columns were read").wait_for(timeout=LONG)
        if name == "presenter":
            tab.locator("input[type=file]").wait_for(state="attached")
        assert bool(tab.locator("input[type=file]").count()) == (name == "presenter")
        cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
        statuses[name] = put(lab, "no-such-session", cookies)
        context.close()
    assert statuses == {"viewer": 403, "presenter": 400}  # 400: let through, and then there is no such session


def test_who_has_no_link_sees_no_page(lab, page):
    page.goto(f"http://127.0.0.1:{lab.port}/runs")
    page.get_by_text("needs the link that its owner was given").wait_for(timeout=LONG)


def handshake(port: int, origin: str) -> int:
    """The status with which a page of that origin is answered when it asks for the server's stream."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(
        "GET",
        "/_stcore/stream",
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol": "streamlit",
            "Origin": origin,
        },
    )
    return connection.getresponse().status


@pytest.mark.parametrize(
    "command",
    [
        ("dashboard", "--lab", "--port", "{port}"),
        ("dashboard", "--port", "{port}"),
        ("streamlit", "run", "dashboard/app.py", "--server.port={port}"),
        ("streamlit", "run", "dashboard/app.py", "--server.port={port}", "--server.address=0.0.0.0"),
    ],
    ids=["lab", "launcher", "streamlit", "every address by hand"],
)
def test_no_name_is_asked_for_and_nothing_but_this_machine_is_connected_to(command, tmp_path, browser):
    running = Recorded(tmp_path, *command)
    try:
        tab = browser.new_page()
        tab.set_default_timeout(LONG)
        tab.goto(links(running)[1] if "--lab" in command else f"http://127.0.0.1:{running.port}/")
        if "--server.address=0.0.0.0" in command:
            tab.get_by_text("without a token").wait_for(timeout=LONG)
        else:
            tab.goto(f"http://127.0.0.1:{running.port}/estimate?m=gaussian")
            press(tab, "Start")
            heading(tab, "Gaussian.* ends").wait_for(timeout=LONG)
        tab.close()
        assert [handshake(running.port, origin) for origin in ("http://elsewhere.example", "null")] == [403, 403]
        assert handshake(running.port, f"http://127.0.0.1:{running.port}") == 101
    finally:
        running.close()
    assert not running.foreign()
