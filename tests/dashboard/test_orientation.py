"""Counts of labels against clusters stand one way everywhere: true labels down, clusters across, as in the field."""

from __future__ import annotations

import numpy as np

from core.evaluation.assignment import match
from dashboard.charts import matching


def test_labels_run_down_and_clusters_across_in_every_table_of_counts():
    found = match([0, 0, 0, 1, 1], [2, 2, 0, 1, 1], 3)
    mapped = matching.mapping(found.counts, found.mapping, found.order, ["zero", "one"])
    cost = matching.cost(found.counts, found.mapping, ["zero", "one"])
    for figure, sign in ((mapped, 1), (cost, -1)):
        assert figure["layout"]["yaxis"]["ticktext"] == ["zero", "one"]
        assert "label" in figure["layout"]["yaxis"]["title"]["text"]
        assert "cluster" in figure["layout"]["xaxis"]["title"]["text"]
        assert np.array_equal(sign * np.asarray(figure["data"][0]["z"]), found.counts)
    assert np.array_equal(mapped["data"][1]["z"], found.matched)
