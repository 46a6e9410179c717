"""From a spec's data reference to a Source. Workers resolve the data themselves, so a spec stays small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.method import Source

if TYPE_CHECKING:
    from core.spec import Data


def resolve(data: Data, seed: int = 0, family: str = "") -> Source:
    """The data that a spec of this family names. Errors: ValueError in one sentence.

    Columns x of a table without y are rows to be grouped, or for "sweeps" the columns that it takes from `table`.
    """
    from core import spec

    if isinstance(data, spec.DistributionData):
        return _distribution(data, seed)
    if isinstance(data, spec.TableData):
        return _table(data, family)
    if isinstance(data, spec.ImageData):
        from core.data.images import image_source

        return image_source(data.images, data.n, seed)
    if isinstance(data, spec.RunData):
        from core.data.features import features_source

        return features_source(data.run)
    from core.data.problems import problem_source

    return problem_source(data.problem, data.n, seed)


def label_names(data: Data) -> tuple[str, ...]:
    """What the numbers in `Source.labels` stand for, by number; empty where nobody has said. Errors: ValueError."""
    from core import spec

    if isinstance(data, spec.ImageData):
        from core.data.images import SETS, load

        return SETS[data.images].classes if data.images in SETS else load(data.images).classes
    if isinstance(data, spec.TableData) and data.labels:
        from core.data import samples

        return samples.label_names(data.table, data.labels)
    return ()


def _table(data, family: str) -> Source:  # type: ignore[no-untyped-def]
    from core.data.tables import columns_source, load_table

    if data.y:
        return columns_source(data.table, data.x, data.y)
    if family == "sweeps":
        return Source(np.empty((0, 0)), x_names=tuple(data.x), table=load_table(data.table))
    from core.data.samples import samples_source

    return samples_source(data.table, data.x, data.labels)


def _distribution(data, seed: int) -> Source:  # type: ignore[no-untyped-def]
    from core.distributions import from_dict

    joint = from_dict(data.distribution)
    x, y = joint.sample(data.n, seed)
    known = joint.pointwise_mi(x[:1], y[:1]) is not None
    return Source(
        x,
        y,
        draw=joint.sample if data.fresh else None,
        pointwise=joint.pointwise_mi if known else None,
        true_mi=joint.true_mi,
    )
