"""Ready settings of Deep InfoMax on the representation page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.encoders import DIM
from core.paths import VARIABLE
from dashboard.screens.representation import presets


def opened(**query: str) -> AppTest:
    at = AppTest.from_string("from dashboard import app\napp.main('representation')", default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def test_ready_settings_are_legal_keep_the_data_and_can_be_marked():
    """A setting that equals the default is not in the form's own, so a preset with one would never look on."""
    known = presets.presets({"i": "mnist", "m": "dim", "dim.epochs": "3"})
    assert set(known) == {"auto", "scores", "paper"}
    default = DIM().get_params()
    for _, _, values in known.values():
        assert {"i": "mnist", "m": "dim"}.items() <= values.items() and "dim.epochs" not in values
        chosen = {k.removeprefix("dim."): v for k, v in values.items() if k.startswith("dim.")}
        DIM(**chosen).check_parameters()
        assert not chosen.items() & default.items()
    paper = DIM(**{k.removeprefix("dim."): v for k, v in known["paper"][2].items() if k.startswith("dim.")})
    assert (paper.global_weight, paper.local_weight, paper.prior_weight) == (0.5, 1.0, 0.1)
    assert paper.pairing == "same" and paper.objective == "jsd"


def test_ready_settings_stand_above_those_of_deep_infomax_alone(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    at = opened(m="dim")
    buttons = {b.label: b for b in at.button if "preset." in str(b.key)}
    assert set(buttons) == {"Two views", "Two views, InfoNCE", "As in the paper"}
    assert [b.icon for b in buttons.values()] != [""] * 3  # the one that the form has
    assert not [b for b in opened().button if "preset." in str(b.key)]
