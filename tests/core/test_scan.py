"""A scan says for each value what the method alone would have said, in any order of work, and goes on where it stopped."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core import discover
from core.method import Checkpoint, Source
from core.spec import Spec, SpecError
from core.sweeps import Scan


def digits(n: int = 300, labelled: bool = True) -> Source:
    data = load_digits()
    return Source(data.data[:n], labels=data.target[:n] if labelled else None)


def kmeans(**more) -> Scan:
    return Scan(method="kmeans", values=(2, 5, 10), device="cpu", **more)


def test_each_part_says_what_the_method_alone_says():
    scan = kmeans()
    steps = list(scan.steps(digits()))
    assert [s.index for s in steps] == [1, 2, 3] and scan.total == 3
    alone = discover.load("clusterers", "kmeans")(n_clusters=5, random_state=0, device="cpu").run(digits()).result()
    row = scan.finish().result()["rows"][1]
    assert row["value"] == 5 and all(
        row[k] == pytest.approx(v, rel=1e-9)  # sums over threads are not always in one order
        for k, v in alone.items()
        if isinstance(v, float)
    )
    assert steps[1].info["accuracy"] == row["accuracy"]


def test_the_seed_is_the_scans():
    rows = [kmeans(random_state=seed).run(digits()).rows_ for seed in (0, 0, 7)]
    assert rows[0] == rows[1] != rows[2]


def test_stopping_keeps_the_values_so_far_and_resuming_adds_the_rest(tmp_path):
    first = kmeans()
    steps = first.steps(digits())
    list(islice(steps, 1))
    first.checkpoint().save(tmp_path / "c.safetensors")
    steps.close()
    assert len(first.finish().result()["rows"]) == 1
    second = kmeans()
    assert [s.index for s in second.steps(digits(), Checkpoint.load(tmp_path / "c.safetensors"))] == [2, 3]
    assert second.finish().rows_ == kmeans().run(digits()).rows_


def test_the_picture_has_a_column_for_each_number_and_probes_come_by_their_path():
    scan = Scan(
        kind="encoders",
        method="mine",
        parameter="n_features",
        values=(2, 8),
        device="cpu",
        settings=(("epochs", 1), ("width", 8), ("hidden", 16)),
    )
    scan.run(digits())
    seen = scan.view("scan")
    assert seen["value"].tolist() == [2.0, 8.0]
    for side in ("features", "random", "noise", "pixels", "pca"):
        assert np.isfinite(seen[f"probes.{side}.linear.test"]).all(), side
    assert seen["mi"].shape == (2,)


def test_values_that_are_no_numbers_stand_by_their_place():
    scan = Scan(
        kind="encoders",
        method="mine",
        parameter="objective",
        values=("infonce", "jsd"),
        device="cpu",
        settings=(("epochs", 1), ("width", 8), ("hidden", 16)),
    )
    scan.run(digits(60, labelled=False))
    assert [row["value"] for row in scan.rows_] == ["infonce", "jsd"]
    assert scan.view("scan")["value"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"method": "nothing"}, "there is no 'nothing' among clusterers"),
        (
            {"parameter": "clusters"},
            "parameter='clusters' is no parameter of IIC that can be varied; did you mean n_clusters",
        ),
        ({"parameter": "device"}, "that can be varied"),
        ({"values": (5, 500)}, "n_clusters=500 is outside"),
        ({"values": ()}, "values has 0 entries; give 1 to 64"),
        ({"settings": (("epochs", 0),)}, "epochs=0 is outside"),
        ({"settings": (("n_clusters", 4),)}, "must be pairs of a name and a value"),
        ({"settings": ("epochs",)}, "must be pairs of a name and a value"),
        ({"kind": "estimators"}, "kind='estimators' is not one of clusterers, encoders, projections"),
    ],
)
def test_what_cannot_be_scanned_is_said_in_a_sentence(values, said):
    with pytest.raises(ValueError, match=said):
        list(Scan(**values).steps(digits()))


def test_a_scan_is_a_spec_and_comes_back_from_json():
    spec = Spec.parse(
        {
            "family": "sweeps",
            "method": "scan",
            "data": {"images": "digits"},
            "parameters": {"method": "kmeans", "values": [3, 4], "settings": []},
        }
    )
    again = Spec.parse(spec.to_json()).build()
    assert again.values == (3, 4) and again.method == "kmeans"


def test_a_scan_reads_a_table_as_the_method_does_that_it_repeats():
    """The rows that are grouped and the labels that judge them, and not the whole table as a sweep over pairs does."""
    data = {"table": "wine", "x": ["alcohol", "hue"], "labels": "cultivar"}
    asked = {"kind": "clusterers", "method": "kmeans", "parameter": "n_clusters", "values": [2, 3]}
    spec = Spec.parse({"family": "sweeps", "method": "scan", "parameters": asked, "data": data})
    source = spec.source()
    alone = Spec.parse({"family": "clusterers", "method": "kmeans", "data": data}).source()
    assert (
        source.x.shape == (178, 2) and np.array_equal(source.x, alone.x) and np.array_equal(source.labels, alone.labels)
    )
    rows = spec.build().run(source).result()["rows"]
    assert [row["value"] for row in rows] == [2, 3] and all(row["accuracy"] > 0.5 for row in rows)
    with pytest.raises(SpecError, match="labels='cultivar' has no use here"):
        Spec.parse({"family": "sweeps", "method": "matrix", "data": data})
