"""The shell: python -m core mi | matrix | spec | run | download | pictures. JSON on standard output, errors as one line on the other."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from core import discover, files, params

if TYPE_CHECKING:
    from core.method import Checkpoint, Method, Step

METHODS = tuple(family for family in discover.FAMILIES if family != "distributions")
# What a spec of each family starts from: small, bundled or drawn, and known to make a picture.
START: dict[str, dict[str, Any]] = {
    "estimators": {"distribution": {"name": "gaussian"}, "n": 10_000},
    "clusterers": {"images": "digits"},
    "encoders": {"images": "digits"},
    "projections": {"images": "digits"},
    "pitfalls": {"images": "digits"},
    "densities": {"problem": "inverse", "n": 1_000},
    "sweeps": {"table": "weather", "x": ["day_of_year", "precipitation", "temp_max", "temp_min", "wind"]},
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 after a line on standard error."""
    given = _parser().parse_args(arguments)
    try:
        print(files.english(given.command(given)), flush=True)
        return _fail(given.after) if given.after else 0
    except KeyboardInterrupt:
        return _fail("stopped before there was a result")
    except MemoryError:
        return _fail("not enough memory for these data and parameters: take fewer rows or columns")
    except ValueError as error:
        return _fail(str(error))
    except Exception as error:  # whoever reads standard error in a script gets one line, whatever went wrong
        return _fail(f"{type(error).__name__}: {error}")


def _mi(given: argparse.Namespace) -> dict[str, Any]:
    from core.data.tables import columns_source
    from core.units import equivalent_correlation, to_bits

    source = columns_source(_reference(given.file), given.x, given.y)
    parameters = dict(_parameter(text) for text in given.param)
    params.refuse(parameters, random_state="--seed", **{name: f"--{name}" for name in ("x", "y", "method", "seed")})
    from core import estimate_mi  # after the table: a wrong column is said before torch has loaded

    found = estimate_mi(source.x, source.y, given.method, seed=given.seed, **parameters)
    return {
        "mi": found.mi,
        "mi_bits": to_bits(found.mi),
        "interval": found.interval,
        "equivalent_correlation": equivalent_correlation(found.mi),
        "trust": {"level": found.trust.level, "reasons": found.trust.reasons},
        "method": found.method,
        "n": len(source),
        "seconds": found.seconds,
        "notices": source.notices,
    }


def _matrix(given: argparse.Namespace) -> dict[str, Any]:
    from core import mi_matrix
    from core.data.tables import load_table

    table = load_table(_reference(given.file))
    found = mi_matrix(table, columns=given.columns, target=given.target, method=given.method)
    return {
        "columns": list(found.mi.columns),
        "rows": list(found.mi.index),
        "mi": found.mi.to_numpy(),
        "long": found.long.to_dict("records"),
        "notices": list(dict.fromkeys([*table.notices, *found.notices])),
    }


def _spec(given: argparse.Namespace) -> dict[str, Any]:
    from core.spec import Spec

    family, method = _named(given.method)
    described = params.parameters(discover.load(family, method))
    parameters = {n: p.default for n, p in described.items() if n not in ("random_state", "device")}
    start = {"family": family, "method": method, "parameters": files.plain(parameters), "data": START[family]}
    return json.loads(Spec.parse(start).to_json())


def _run(given: argparse.Namespace) -> dict[str, Any]:
    from core.method import Step
    from core.spec import Spec

    spec, folder = Spec.parse(_text(given.spec)), _writable(given.out) if given.out else None
    if spec.threads:
        import torch

        torch.set_num_threads(spec.threads)
    method, source = spec.build(), spec.source()
    begun, last, stopped = time.monotonic(), Step(0, {}), False
    try:
        for last in _told(method.steps(source), method, begun):  # noqa: B007 — the last one is kept
            pass
    except KeyboardInterrupt:
        if not last.index:
            raise
        stopped = True
    checkpoint = method.checkpoint()
    method.finish()
    result = {
        "result": method.result(),
        "stopped": stopped,
        "steps": last.index,
        "last": last.info,
        "seconds": time.monotonic() - begun,
        "true_mi": spec.data.true_mi(),
        "notices": source.notices,
        "spec": json.loads(spec.to_json()),
    }
    if folder:
        try:
            _keep(folder, result, checkpoint)
        except Exception as error:  # a full disk, a folder that is gone: what was computed is printed all the same
            given.after = f"the result could not be kept in {folder}: {getattr(error, 'strerror', None) or error}"
    return result


def _download(given: argparse.Namespace) -> dict[str, Any]:
    from core.data import downloads

    here = downloads.located(given.set) if given.set in downloads.DOWNLOADS else None
    files = here or downloads.fetch(given.set, _counted("bytes"))
    return {"set": given.set, "files": files}


def _pictures(given: argparse.Namespace) -> dict[str, Any]:
    from core.data import images

    found = images.load(given.set, _counted("files"))
    return {
        "pictures": len(found.x),
        "test": 0 if found.test_x is None else len(found.test_x),
        "shape": found.x.shape[1:],
        "classes": found.classes,
        "notices": found.notices,
    }


def _counted(what: str) -> Callable[[int, int], None]:
    """A listener to progress that says on standard error, four times a second, how far it is."""
    said = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said >= 0.25:
            said = time.monotonic()
            print(f"{done} of {total} {what}", file=sys.stderr, flush=True)

    return progress


def _told(steps: Iterator[Step], method: Method, begun: float) -> Iterator[Step]:
    """The steps, with a line on standard error once a second: how far, how long still, the latest numbers."""
    said = begun
    for step in steps:
        yield step
        now, total = time.monotonic(), method.total
        if now - said >= 1.0 or step.index == total:
            said = now
            left = (now - begun) / step.index * (total - step.index)
            numbers = "  ".join(f"{name} {value:.4g}" for name, value in step.info.items())
            print(f"step {step.index} of {total}, {left:.0f} s left  {numbers}", file=sys.stderr, flush=True)


def _text(path: str) -> str:
    if path == "-":
        return sys.stdin.read()
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error


def _writable(out: str) -> Path:
    """The folder, made where it is missing and tried by a file. Errors: ValueError, before anything is computed."""
    folder = Path(out).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tried = folder / f"result.json.{os.getpid()}.partial"
        tried.write_bytes(b"")
        tried.unlink()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        why = "it is a file" if isinstance(error, (FileExistsError, NotADirectoryError)) else said
        raise ValueError(f"--out {out} is not a folder that can be written to ({why}): name another") from error
    return folder


def _keep(folder: Path, result: dict[str, Any], checkpoint: Checkpoint | None) -> None:
    """result.json and, where the method has one, checkpoint.safetensors: each written beside and moved into place."""
    if checkpoint is not None:
        checkpoint.save(folder / "checkpoint.safetensors")
    files.write(folder / "result.json", files.english(result, indent=1))


def _reference(file: str) -> str:
    """In a shell a plain word may be a file's name too."""
    path = Path(file)
    return str(path.resolve()) if path.is_file() else file


def _named(text: str) -> tuple[str, str]:
    """Family and method of `family/method`, or of a method's name alone: then the first family that has it."""
    known = {family: discover.names(family) for family in METHODS}
    wanted, _, method = text.rpartition("/")
    for family, names in known.items():
        if method in names and wanted in ("", family):
            return family, method
    listed = "; ".join(f"{family}: {', '.join(names)}" for family, names in known.items() if names)
    raise ValueError(f"there is no method {text!r}; there are {listed}")


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ValueError(f"--param {text!r} is not name=value")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _fail(message: str) -> int:
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sys.exit(_fail(f"{message}; see {self.prog} --help"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="Mutual information from the shell; JSON out.")
    parser.set_defaults(after="")  # what a command has to say once its result is printed
    commands = parser.add_subparsers(required=True, metavar="mi | matrix | spec | run | download | pictures")

    mi = commands.add_parser("mi", help="mutual information (nats) between columns of a table")
    mi.add_argument("file", metavar="FILE", help="a CSV file, or a bundled table: weather, penguins, wine")
    mi.add_argument("--x", action="append", required=True, help="a column of X; repeat it for several")
    mi.add_argument("--y", action="append", required=True, help="a column of Y; repeat it for several")
    mi.add_argument("--method", default="mine")
    mi.add_argument("--seed", type=int, default=0)
    mi.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the method")
    mi.set_defaults(command=_mi)

    matrix = commands.add_parser("matrix", help="mutual information of every pair of columns")
    matrix.add_argument("file", metavar="FILE")
    matrix.add_argument("--target", help="only pairs with this column")
    matrix.add_argument("--columns", nargs="+")
    matrix.add_argument("--method", default="ksg")
    matrix.set_defaults(command=_matrix)

    spec = commands.add_parser("spec", help="a valid spec of a method to start from")
    spec.add_argument(
        "method", metavar="METHOD", help="its name, or family/name where two families share one: encoders/mine"
    )
    spec.set_defaults(command=_spec)

    run = commands.add_parser("run", help="run a spec")
    run.add_argument("spec", metavar="SPEC.json", help="a file, or - for standard input")
    run.add_argument("--out", metavar="FOLDER", help="keep result.json and the checkpoint there")
    run.set_defaults(command=_run)

    download = commands.add_parser("download", help="fetch a set of pictures once: mnist, fashion-mnist, cifar10")
    download.add_argument("set", metavar="SET")
    download.set_defaults(command=_download)

    pictures = commands.add_parser("pictures", help="read a set of pictures once, and say what was read")
    pictures.add_argument("set", metavar="SET", help="a set, an upload's id, or a folder, .zip, .npz or .npy")
    pictures.set_defaults(command=_pictures)
    return parser


if __name__ == "__main__":
    sys.exit(main())
