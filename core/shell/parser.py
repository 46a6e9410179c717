"""The commands and their options, as argparse takes them; an unknown one is answered in one line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from core.shell import commands
from core.shell.running import run


class Command(NamedTuple):
    """What stands in the help beside a command, what it calls, and its options as `add_argument` takes them."""

    help: str
    call: Callable[[argparse.Namespace], dict[str, Any]]
    options: dict[str, dict[str, Any]]


_COLUMN = "a column of {}; repeat it for several"
COMMANDS = {
    "mi": Command(
        "mutual information (nats) between columns of a table",
        commands.mi,
        {
            "file": {"metavar": "FILE", "help": "a CSV file, or a bundled table: weather, penguins, wine"},
            "--x": {"action": "append", "required": True, "help": _COLUMN.format("X")},
            "--y": {"action": "append", "required": True, "help": _COLUMN.format("Y")},
            "--method": {"default": "auto"},
            "--seed": {"type": int, "default": 0},
            "--param": {
                "action": "append",
                "default": [],
                "metavar": "NAME=VALUE",
                "help": "a parameter of the method",
            },
        },
    ),
    "matrix": Command(
        "mutual information of every pair of columns",
        commands.matrix,
        {
            "file": {"metavar": "FILE"},
            "--target": {"help": "only pairs with this column"},
            "--columns": {"nargs": "+"},
            "--method": {"default": "ksg"},
        },
    ),
    "spec": Command(
        "a valid spec of a method to start from",
        commands.spec,
        {
            "method": {
                "metavar": "METHOD",
                "help": "its name, or family/name where two families share one: encoders/mine",
            }
        },
    ),
    "run": Command(
        "run a spec",
        run,
        {
            "spec": {"metavar": "SPEC.json", "help": "a file, or - for standard input"},
            "--out": {"metavar": "FOLDER", "help": "keep result.json and the checkpoint there"},
        },
    ),
    "download": Command(
        "fetch a set of pictures or a graph once: mnist, fashion-mnist, cifar10, cora, citeseer",
        commands.download,
        {"set": {"metavar": "SET"}},
    ),
    "pictures": Command(
        "read a set of pictures once, and say what was read",
        commands.pictures,
        {"set": {"metavar": "SET", "help": "a set, an upload's id, or a folder, .zip, .npz or .npy"}},
    ),
}


def parser() -> argparse.ArgumentParser:
    """Of all commands; what it parses has the function to call as `command`."""
    whole = _Parser(prog="python -m core", description="Mutual information from the shell; JSON out.")
    whole.set_defaults(after="")  # what a command has to say once its result is printed
    each = whole.add_subparsers(required=True, metavar=" | ".join(COMMANDS))
    for name, command in COMMANDS.items():
        one = each.add_parser(name, help=command.help)
        one.set_defaults(command=command.call)
        for option, how in command.options.items():
            one.add_argument(option, **how)
    return whole


def fail(message: str) -> int:
    """One line on standard error, and the exit code."""
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sys.exit(fail(f"{message}; see {self.prog} --help"))
