"""The forty compositions of the benchmark on the page Estimate, and runs of them as its settings."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from streamlit.testing.v1 import AppTest

from core import distributions
from core.data.references import DistributionData
from core.paths import VARIABLE
from dashboard.pickers.distribution import settings_of
from dashboard.screens.estimate import page
from dashboard.widgets import estimate_charts


@pytest.mark.parametrize("name", distributions.tasks())
def test_a_run_of_a_task_is_the_settings_that_start_it(name):
    data = DistributionData(distribution=distributions.to_dict(distributions.tasks()[name]), n=2_000)
    found = settings_of(data)
    if "of" in data.distribution:
        assert found == {"d": "beyond_normal", "d.task": name, "n": 2_000}
    else:
        assert found["d"] == data.distribution["name"] != "beyond_normal"


def test_a_task_is_chosen_and_its_truth_travels_along(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    seen = []
    monkeypatch.setattr(page, "preview", lambda data, unit: seen.append(DistributionData(**data)))
    at = AppTest.from_string("from dashboard import app\napp.main('estimate')", default_timeout=90)
    task = "spiral-normal_cdf-multinormal-sparse-3-3-2-2.0"
    at.query_params |= {"d": "beyond_normal", "d.task": task}
    box = next(box for box in at.run().selectbox if box.label == "Task")
    assert len(box.options) == 40 and box.value == task
    assert seen[-1].true_mi() == pytest.approx(1.0217, abs=1e-4)
    assert not at.exception and not at.get("warning")


def test_what_is_no_formula_is_said_once_by_the_name_of_its_field(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    at = AppTest.from_string("from dashboard import app\napp.main('estimate')", default_timeout=90)
    at.query_params |= {"d": "formula", "d.mean": "import os"}
    at.run()
    said = [e.value for kind in ("markdown", "caption", "warning", "error") for e in at.get(kind)]
    (once,) = (sentence for sentence in said if "formula such as" in sentence)
    assert "Mean: 'import os' is not a formula" in once.replace("\\", "") and at.button(key="estimate:start").disabled
    assert any("appears here once its settings are right" in sentence for sentence in said)


def test_while_a_picture_is_computed_the_one_before_is_said_to_be_of_another_distribution(monkeypatch):
    said = []
    monkeypatch.setattr(estimate_charts.st, "spinner", lambda text: said.append(text) or nullcontext())
    monkeypatch.setattr(estimate_charts, "show", lambda figure, **_: said.append(figure))
    estimate_charts.preview({"distribution": {"name": "gaussian"}, "n": 50}, "nats")
    assert "still of the one before" in said[0] and len(said) == 2
