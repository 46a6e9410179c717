"""How this server was started: named options after `--`, or `python -m dashboard --help`; the data folder is one variable.

streamlit run dashboard/app.py -- --workers 1 --device cuda:1 --threads 2
python -m dashboard --lab            on the lab's network, with a token
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass

from core.data import table_folder


@dataclass(frozen=True)
class Settings:
    """`key` lets a viewer start and stop runs, `token` lets one look; both are empty on a machine's own address."""

    workers: int | None = None
    device: str = "auto"
    threads: int | None = None
    token: str = ""
    key: str = ""


def parser(**more: object) -> argparse.ArgumentParser:
    """The options, written once for the server and for its launcher."""
    options = argparse.ArgumentParser(prog="infoscope", **more)  # type: ignore[arg-type]
    cores = os.cpu_count() or 1
    options.add_argument(
        "--workers", type=_between(1, cores), help=f"runs that train at once, 1 to {cores} (default 2)"
    )
    options.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 or mps (default auto)")
    options.add_argument("--threads", type=_between(1, cores), help="CPU threads of one run (default: cores / workers)")
    options.add_argument("--tables", help="a folder whose tables may be opened by name, however large they are")
    options.add_argument("--token", default="", help=argparse.SUPPRESS)
    options.add_argument("--key", default="", help=argparse.SUPPRESS)
    return options


def read(arguments: list[str]) -> Settings:
    """From the options after `--`; what is not understood is left to Streamlit."""
    known, _ = parser(add_help=False).parse_known_args(arguments)
    if known.tables:
        os.environ[table_folder.VARIABLE] = known.tables
    return Settings(known.workers, known.device, known.threads, known.token, known.key)


def _between(low: int, high: int):  # type: ignore[no-untyped-def]
    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{value} is outside [{low}, {high}]")
        return value

    return number
