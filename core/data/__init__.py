"""From a spec's data reference to a Source. Workers resolve the data themselves, so a spec stays small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.method import Source

if TYPE_CHECKING:
    from core.spec import Data


def resolve(data: Data, seed: int = 0) -> Source:
    """The data that a spec names. Errors: ValueError in one sentence."""
    from core import spec

    if isinstance(data, spec.DistributionData):
        return _distribution(data, seed)
    if isinstance(data, spec.TableData):
        from core.data.tables import columns_source, load_table

        if not data.y:
            return Source(np.empty((0, 0)), x_names=tuple(data.x), table=load_table(data.table))
        return columns_source(data.table, data.x, data.y)
    if isinstance(data, spec.ImageData):
        from core.data.images import image_source

        return image_source(data.images, data.n, seed)
    if isinstance(data, spec.RunData):
        from core.data.features import features_source

        return features_source(data.run)
    from core.data.problems import problem_source

    return problem_source(data.problem, data.n, seed)


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
