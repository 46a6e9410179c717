"""Rows of a table to be grouped: what enters as which number, what is left out, and that labels stay apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.clusterers import IIC, KMeans
from core.data.design_matrix import label_columns, samples_source
from core.data.references import ImageData, TableData
from core.data.tables import TableError, columns_source, load_table
from core.densities import MSE
from core.encoders import MINE
from core.spec import Spec, SpecError

SIZES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


@pytest.fixture
def csv(tmp_path):
    def written(text: str) -> str:
        (tmp_path / "a.csv").write_text(text)
        return str(tmp_path / "a.csv")

    return written


def test_penguins_give_four_sizes_and_their_species_as_labels():
    source = samples_source("penguins", SIZES, "species")
    assert source.x.shape == (342, 4) and source.x_names == tuple(SIZES)
    assert np.bincount(source.labels).tolist() == [151, 68, 123]  # Adelie, Chinstrap, Gentoo with all four sizes
    assert TableData(table="penguins", x=SIZES, labels="species").label_names() == ("Adelie", "Chinstrap", "Gentoo")
    assert "2 of 344 rows are left out because a chosen value is missing in them." in source.notices


def test_a_category_becomes_columns_of_0_and_1_that_sum_to_1():
    source = samples_source("penguins", ["island", "sex", "body_mass_g"])
    assert source.x_names == ("island = Biscoe", "island = Dream", "island = Torgersen", "sex", "body_mass_g")
    assert (source.x[:, :3].sum(1) == 1).all() and set(np.unique(source.x[:, 3])) == {0.0, 1.0}
    assert any("'island' is categorical and enters as 3 columns" in notice for notice in source.notices)


def test_rows_keep_their_order_so_that_lags_mean_something(csv):
    reference = csv("t,v\n" + "".join(f"{i},{(i * 7) % 11}\n" for i in range(50)))
    assert samples_source(reference, ["t"]).x[:, 0].tolist() == list(range(50))


def test_labels_with_missing_values_leave_their_rows_out(csv):
    source = samples_source(csv("v,c\n1,a\n2,\n3,b\n4,a\n"), ["v"], "c")
    assert source.x[:, 0].tolist() == [1, 3, 4] and source.labels.tolist() == [0, 1, 0]


def test_numbers_can_be_labels_when_they_are_few():
    table = load_table("penguins")
    assert "year" in label_columns(table) and "body_mass_g" in label_columns(table)  # 94 different masses
    assert samples_source("penguins", ["bill_depth_mm"], "year").labels.max() == 2
    assert TableData(table="penguins", x=["bill_depth_mm"], labels="year").label_names() == ("2007", "2008", "2009")


@pytest.mark.parametrize(
    ("x", "labels", "said"),
    [
        (["alcohol", "alcohol"], None, "column 'alcohol' is chosen twice"),
        (["alcohol", "cultivar"], "cultivar", "labels='cultivar' is among the columns x too"),
        (["ash"], "alcohol", "labels='alcohol' is numeric with 126 different values: choose a column of 2 to 100"),
        (["ash"], "nope", "there is no column 'nope' in wine"),
        (["nope"], None, "there is no column 'nope' in wine"),
    ],
)
def test_a_wrong_choice_is_refused_by_name(x, labels, said):
    with pytest.raises(TableError, match=said):
        samples_source("wine", x, labels)


def test_text_and_constants_are_refused(csv):
    reference = csv("v,note,c\n" + "".join(f"{i},word {i},5\n" for i in range(60)))
    with pytest.raises(TableError, match="column 'note' is text with 60 different values"):
        samples_source(reference, ["v", "note"])
    with pytest.raises(TableError, match="column 'c' is constant"):
        samples_source(reference, ["v", "c"])


def test_a_spec_of_a_clusterer_takes_rows_and_one_of_a_sweep_takes_the_table():
    data = {"table": "wine", "x": ["alcohol", "hue"]}
    rows = Spec.parse({"family": "clusterers", "method": "kmeans", "data": data | {"labels": "cultivar"}})
    assert rows.source().x.shape == (178, 2) and Spec.parse(rows.to_json()) == rows
    sweep = Spec.parse({"family": "sweeps", "method": "matrix", "data": data})
    assert len(sweep.source().table.frame) == 178 and sweep.source().columns == ("alcohol", "hue")
    assert TableData(**data).source(0, "").x.shape == (178, 2)
    with pytest.raises(SpecError, match="labels='cultivar' has no use here"):
        Spec.parse({"family": "sweeps", "method": "matrix", "data": data | {"labels": "cultivar"}})
    with pytest.raises(SpecError, match=r"y=\['ash'\] has no use here"):
        Spec.parse({"family": "clusterers", "method": "kmeans", "data": data | {"y": ["ash"]}})


def test_the_named_sets_say_what_their_labels_mean_without_their_pictures():
    assert ImageData(images="fashion-mnist").label_names()[9] == "ankle boot"


def test_a_column_that_hardly_varies_for_its_size_is_said(csv):
    """Standardising takes 10¹³ ± 1 for a constant column, and 10⁶ ± 1 for what it is."""
    lines = "".join(f"{i},{10**13 + i % 7}.5,{10**6 + i % 7}.5\n" for i in range(60))
    reference = csv(f"v,far,near\n{lines}")
    told = "Column 'far' varies by less than 10⁻¹² of its size and may count as constant: subtract its mean first."
    for source in (samples_source(reference, ["v", "far", "near"]), columns_source(reference, ["v", "near"], ["far"])):
        assert [n for n in source.notices if "constant" in n] == [told]


@pytest.mark.parametrize("method", [IIC(n_clusters=3, epochs=1), KMeans(n_clusters=3), MINE(n_features=2, epochs=1)])
def test_who_groups_or_encodes_rows_says_which_columns_hardly_vary(method):
    x = np.random.default_rng(0).normal(size=(200, 3))
    x[:, [0, 2]] += 1e13
    many = "vary by less than 10⁻¹² of their size and count as constant: subtract their means first."
    assert method.set_params(device="cpu").fit(x).result()["notices"] == [f"Columns 1, 3 {many}"]
    named = method.fit(pd.DataFrame(x, columns=["far", "near", "off"])).result()["notices"]
    assert named == [f"Columns 'far', 'off' {many}"]
    assert method.fit(x - x.mean(0)).result()["notices"] == []


def test_a_density_says_which_columns_hardly_vary():
    x, y = np.random.default_rng(0).normal(size=(2, 100, 1))
    model = MSE(iterations=10, restarts=1, device="cpu").fit(np.hstack([x, 1e13 + x]), y)
    told = "Input 2 varies by less than 10⁻¹² of its size and counts as constant: subtract its mean first."
    assert told in model.result()["notices"]
