"""The forty compositions of the benchmark on the page Estimate, and runs of them as its settings."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import distributions
from core.data.references import DistributionData
from core.paths import VARIABLE
from dashboard.pickers.distribution import settings_of
from dashboard.screens.estimate import page


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
