"""Start the dashboard: `python -m dashboard`; `--lab` opens it to the local network, with a token for who may look."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

from core.paths import VARIABLE
from dashboard.settings import parser


def main() -> int:
    """Translate the options to Streamlit's and run it. Returns its exit status."""
    options = parser(description=__doc__, epilog=f"{VARIABLE} names the folder for runs, uploads and plug-ins.")
    options.add_argument("--port", type=int, default=8501, help="default 8501")
    options.add_argument(
        "--lab", action="store_true", help="listen on the local network; viewers need the printed link"
    )
    chosen = options.parse_args()
    token, key = (secrets.token_urlsafe(9), secrets.token_urlsafe(12)) if chosen.lab else ("", "")
    app = Path(__file__).with_name("app.py")
    address, shown = ("0.0.0.0", _own_address()) if chosen.lab else ("127.0.0.1", "127.0.0.1")
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(app),
        f"--server.address={address}",
        f"--browser.serverAddress={shown}",  # without it Streamlit asks a host on the internet for the outer address
        f"--server.port={chosen.port}",
        "--",
    ]
    for name in ("workers", "device", "threads"):
        if (value := getattr(chosen, name)) is not None:
            command += [f"--{name}", str(value)]
    if chosen.lab:
        command += [f"--token={token}", f"--key={key}"]
        host = f"http://{shown}:{chosen.port}/"
        print(
            f"Everybody on this network who has the link can look.\n"
            f"  Viewers (cannot start or stop): {host}?token={token}\n"
            f"  Presenter (keep to yourself):   {host}?token={key}",
            flush=True,
        )
    os.chdir(app.parent.parent)  # the folder of the code is where .streamlit/config.toml lies
    if os.name == "posix":
        os.execv(command[0], command)  # one process: what stops this one stops the server
    return subprocess.call(command)


def _own_address() -> str:
    """The address by which the network knows this machine; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


if __name__ == "__main__":
    sys.exit(main())
