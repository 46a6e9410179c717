"""Record the home page's moving pictures: four real runs, drawn in light and dark (python assets/pictures/record.py [name …])."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import drawings  # noqa: E402
from canvas import Canvas, save  # noqa: E402

from core.analysis.matrix import Pairs  # noqa: E402
from core.clusterers import IIC  # noqa: E402
from core.data.images import image_source  # noqa: E402
from core.data.problems import problem_source  # noqa: E402
from core.data.tables import as_numbers, load_table  # noqa: E402
from core.densities import MDN  # noqa: E402
from core.distributions import make  # noqa: E402
from core.estimators import MINE  # noqa: E402
from core.method import Source  # noqa: E402

Frame = dict[str, Any]
FRAMES = 36


def moments(total: int, frames: int = FRAMES) -> set[int]:
    """Steps to draw: close together at the start, where most happens."""
    return {int(v) for v in np.unique(np.rint(total * np.linspace(0, 1, frames + 1)[1:] ** 2).clip(1))}


def estimate() -> Iterator[Frame]:
    """MINE on a Gaussian pair: both curves so far and the critic's surface."""
    joint = make("gaussian", rho=0.8)
    x, y = joint.sample(10_000, 0)
    mine, truth = MINE(), joint.true_mi
    training: list[float] = []
    held_out: list[tuple[int, float]] = []
    chosen = moments(mine.total)
    for step in mine.steps(Source(x, y, pointwise=joint.pointwise_mi, true_mi=truth)):
        training.append(step.info["mi"])
        if "mi_held_out" in step.info:
            held_out.append((step.index, step.info["mi_held_out"]))
        if step.index in chosen:
            surface = mine.view("critic")["scores"]
            yield {
                "training": training[:],
                "held_out": held_out[:],
                "surface": surface,
                "truth": truth,
                "total": mine.total,
            }
    mine.finish()
    yield {"training": training, "held_out": held_out, "surface": mine.view("critic")["scores"], "truth": truth,
           "total": mine.total, "mi": mine.mi_}  # fmt: skip


def cluster() -> Iterator[Frame]:
    """IIC on digits: the joint matrix and the surest pictures. Labels put the clusters in order, and judge them."""
    iic = IIC()
    chosen: set[int] = set()
    for step in iic.steps(image_source("digits")):
        chosen = chosen or moments(iic.total, 24)
        if step.index in chosen:
            yield _clusters(iic)
    iic.finish()
    yield _clusters(iic) | {"accuracy": iic.scores_["accuracy"]}


def _clusters(iic: IIC) -> Frame:
    found = iic.view("confusion")
    order = found["order"]
    pictures = iic.view("gallery")["pictures"][order]
    return {"joint": iic.view("joint")["joint"][np.ix_(order, order)], "pictures": pictures,
            "accuracy": float(found["accuracy"])}  # fmt: skip


def density() -> Iterator[Frame]:
    """A mixture density network on a wave read backwards, and its slice at x = 0 beside the true one."""
    source = problem_source("inverse", 4_000)
    mdn = MDN()
    chosen = moments(mdn.total)
    nll, last = np.nan, None
    for step in mdn.steps(source):
        nll = step.info.get("nll_held_out", nll)
        if step.index in chosen:
            last = {**mdn.view("density"), "points": mdn.view("points"), "nll": nll}
            yield last
    mdn.finish()
    yield {**mdn.view("density"), "points": mdn.view("points"), "nll": mdn.nll_held_out_}


def table() -> Iterator[Frame]:
    """KSG on every pair of columns of the bundled weather, and last the pair that correlation hardly sees."""
    weather = load_table("weather")
    names = ["day_of_year", "temp_max", "temp_min", "precipitation", "wind"]
    values = {name: as_numbers(weather, name, []) for name in names}
    pairs = Pairs(weather, names)

    def frame(row: dict[str, Any]) -> Frame:
        x, y = (values[row[side]] for side in "xy")
        return row | {
            "matrix": pairs.matrix().mi.to_numpy(),
            "names": names,
            "at": (x, y),
            "rho": np.corrcoef(x, y)[0, 1],
        }

    rows = []
    for row in pairs:
        rows.append(row)
        yield frame(row)
    yield frame(next(row for row in rows if {row["x"], row["y"]} == {"day_of_year", "temp_max"}))


PICTURES: dict[str, tuple[Callable[[], Iterator[Frame]], Callable[[Canvas, Frame], None]]] = {
    "estimate": (estimate, drawings.estimate),
    "table": (table, drawings.table),
    "cluster": (cluster, drawings.cluster),
    "density": (density, drawings.density),
}


def record(name: str) -> None:
    """Run it once, draw it twice."""
    run, draw = PICTURES[name]
    frames = list(run())
    for theme in ("light", "dark"):
        images = []
        for frame in frames:
            canvas = Canvas(theme == "dark")
            draw(canvas, frame)
            images.append(canvas.done())
        path = HERE / "home" / f"{name}-{theme}.webp"
        save(path, images, each=4000 // len(images))
        print(f"{path.name}: {len(images)} frames, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    for name in sys.argv[1:] or PICTURES:
        record(name)
