"""How many files for one more: what is dropped in is offered on its page, with no other edit."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import discover, distributions
from core.data import bundled_tables, images, tables
from core.data.images import ImageSet
from core.data.tables import BundledTable
from core.paths import VARIABLE
from core.spec import Spec
from dashboard import pages
from dashboard.charts import palette
from dashboard.jobs import records
from dashboard.screens.runs import headlines

DISTRIBUTION = '''
from dataclasses import dataclass
from typing import Annotated, ClassVar
import numpy as np
from core.distributions import Distribution
from core.params import Range

@dataclass(frozen=True, kw_only=True)
class Copied(Distribution):
    """x is standard normal and y is x with noise."""
    title: ClassVar[str] = "Copied with noise"
    reference: ClassVar[str] = "none"
    noise: Annotated[float, Range(0.1, 10.0), "Standard deviation of the noise."] = 0.7

    @property
    def dims(self):
        return 1, 1

    @property
    def true_mi(self):
        return 0.5 * np.log(1 + 1 / self.noise**2)

    def _draw(self, n, rng):
        x = rng.standard_normal((n, 1))
        return x, x + self.noise * rng.standard_normal((n, 1))
'''
ENCODER = '''
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
import numpy as np
from core.method import Encoder, Source, Step
from core.params import Range

@dataclass(eq=False, repr=False, kw_only=True)
class Shuffled(Encoder):
    """Random directions of the rows."""
    title: ClassVar[str] = "Random directions"
    reference: ClassVar[str] = "none"
    views: ClassVar[tuple[str, ...]] = ("features",)
    width: Annotated[int, Range(1, 64), "Number of directions."] = 5

    def fit(self, X: Any, y: Any = None):
        return self.run(Source(np.asarray(X)))

    def steps(self, source, start=None):
        x = source.x.reshape(len(source.x), -1).astype(float)
        self._run = x @ np.random.default_rng(self.seed()).standard_normal((x.shape[1], self.width))
        yield Step(1, {"loss": 0.0})

    def view(self, name):
        return {"features": self._run, "coordinates": self._run[:, :2], "rows": np.arange(len(self._run))}
'''
PLUGINS = {
    "estimators": '''
from dataclasses import dataclass
from typing import Annotated, ClassVar
import numpy as np
from core.evaluation.trust import assess_trust
from core.method import MIEstimator, Step
from core.params import Range

@dataclass(eq=False, repr=False, kw_only=True)
class Linear(MIEstimator):
    """Of two lines."""
    title: ClassVar[str] = "Linear correlation"
    reference: ClassVar[str] = "none"
    closed_form: ClassVar[bool] = True
    most: Annotated[float, Range(0.5, 0.9999), "The largest correlation that is believed."] = 0.99

    def steps(self, source, start=None):
        r = np.clip(np.corrcoef(source.x[:, 0], source.y[:, 0])[0, 1], -self.most, self.most)
        self.mi_ = float(-0.5 * np.log1p(-(r**2)))
        self.interval_, self.trust_ = None, assess_trust(source.x, source.y, self.mi_)
        yield Step(1, {"mi": self.mi_})
''',
    "clusterers": '''
from dataclasses import dataclass
from typing import Annotated, ClassVar
from core.method import Clusterer, Step
from core.params import Range

@dataclass(eq=False, repr=False, kw_only=True)
class Linear(Clusterer):
    """By the first number."""
    title: ClassVar[str] = "Slices"
    reference: ClassVar[str] = "none"
    most: Annotated[float, Range(0.5, 0.9999), "Where the second begins."] = 0.99

    def steps(self, source, start=None):
        yield Step(1, {"loss": 0.0})
''',
    "densities": '''
from dataclasses import dataclass
from typing import Annotated, ClassVar
from core.method import ConditionalDensity, Step
from core.params import Range

@dataclass(eq=False, repr=False, kw_only=True)
class Linear(ConditionalDensity):
    """A line with one width."""
    title: ClassVar[str] = "A line"
    reference: ClassVar[str] = "none"
    most: Annotated[float, Range(0.5, 0.9999), "The largest slope."] = 0.99

    def steps(self, source, start=None):
        yield Step(1, {"loss": 0.0})
''',
}
PAGE = '''
"""A page of a test."""
from dashboard.pages import Page
PAGE = Page(name="echo", title="Echo", order=25)
'''


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    discover.forget()

    def of(name: str, **query: str) -> AppTest:
        at = AppTest.from_string(f"from dashboard import app\napp.main({name!r})", default_timeout=60)
        at.query_params |= query
        return at.run()

    yield of
    discover.forget()


def test_a_distribution_of_a_plug_in_is_offered_with_its_form(tmp_path, opened):
    folder = tmp_path / "plugins" / "distributions"
    folder.mkdir(parents=True)
    (folder / "copied.py").write_text(DISTRIBUTION, encoding="utf-8")
    discover.forget()
    at = opened("estimate", d="copied", **{"d.noise": "0.5"})
    assert not at.exception, at.exception
    assert next(box for box in at.selectbox if box.label == "Distribution").value == "copied"
    assert at.session_state["estimate:d.noise"] == 0.5
    assert distributions.make("copied").sample(10, seed=0)[0].shape == (10, 1)


def test_an_encoder_of_a_plug_in_is_offered_on_the_representation_page(tmp_path, opened):
    before = next(box for box in opened("representation").selectbox if box.label == "Method").options
    folder = tmp_path / "plugins" / "encoders"
    folder.mkdir(parents=True)
    (folder / "shuffled.py").write_text(ENCODER, encoding="utf-8")
    discover.forget()
    at = opened("representation", m="shuffled", **{"shuffled.width": "9"})
    assert not at.exception, at.exception
    box = next(box for box in at.selectbox if box.label == "Method")
    assert box.value == "shuffled" and box.options == [*before, "Random directions"]
    assert at.session_state["representation:shuffled.width"] == 9
    assert "Number of features" not in [box.label for box in at.number_input]  # it has no parameter of that name
    at = opened("representation", m="shuffled", tab="scan")
    assert not at.exception and any("no number of parts" in caption.value for caption in at.caption)
    spec = Spec.parse({"family": "encoders", "method": "shuffled", "data": {"images": "digits"}})
    assert pages.showing(spec).name == "representation"
    assert pages.settings(spec)["m"] == "shuffled"
    assert (
        "Random directions" not in next(box for box in opened("embedding").selectbox if box.label == "Method").options
    )


@pytest.mark.parametrize(
    ("family", "page", "title", "data"),
    [
        ("estimators", "estimate", "Linear correlation", {"distribution": {"name": "gaussian", "rho": 0.8}}),
        ("clusterers", "cluster", "Slices", {"images": "digits"}),
        ("densities", "density", "A line", {"problem": "inverse"}),
    ],
)
def test_a_method_of_a_plug_in_is_offered_on_its_page(tmp_path, opened, family, page, title, data):
    folder = tmp_path / "plugins" / family
    folder.mkdir(parents=True)
    (folder / "linear.py").write_text(PLUGINS[family], encoding="utf-8")
    discover.forget()
    spec = Spec.parse({"family": family, "method": "linear", "data": data, "parameters": {"most": 0.7}, "seed": 3})
    assert pages.showing(spec).name == page
    at = opened(page, **{k: str(v) for k, v in pages.settings(spec).items()})  # its link
    assert not at.exception, at.exception
    picker = next(box for box in (*at.multiselect, *at.selectbox) if box.label in ("Estimators", "Method"))
    assert title in picker.options and picker.value in ("linear", ["linear"])
    assert at.session_state[f"{page}:linear.most"] == 0.7 and at.session_state[f"{page}:seed"] == 3
    assert not at.button(key=f"{page}:start").disabled
    run = records.Run("a" * 12, spec.to_json(), "finished")
    assert headlines.name(run) == title and "0.7" in headlines.settings(run)
    others = {palette.method(name) for name in discover.names(family) if name != "linear"}
    assert palette.method("linear") not in others


def test_a_closed_form_of_a_plug_in_estimates_a_matrix(tmp_path, opened):
    folder = tmp_path / "plugins" / "estimators"
    folder.mkdir(parents=True)
    (folder / "linear.py").write_text(PLUGINS["estimators"], encoding="utf-8")
    discover.forget()
    at = opened("table", t="penguins", method="linear")
    assert not at.exception, at.exception
    box = next(box for box in at.selectbox if box.label == "Estimator of the matrix")
    assert box.value == "linear" and box.options[:7] == [  # critics follow
        "KSG (nearest neighbours)",
        "Gaussian (CCA)",
        "t copula",
        "Mixture copula",
        "Histogram",
        "KDE (kernel densities)",
        "Linear correlation",
    ]


def test_a_bundled_table_is_an_entry_and_its_file(tmp_path, opened, monkeypatch):
    (tmp_path / "tides.csv").write_text("hour,level\n" + "".join(f"{i},{i * i % 7}\n" for i in range(50)), "utf-8")
    entry = BundledTable("Tides of a test", "Water at a pier.", "Nobody (2020)", "CC0", "level")
    monkeypatch.setitem(tables.BUNDLED, "tides", entry)
    monkeypatch.setattr(bundled_tables, "FOLDER", tmp_path)
    at = opened("table", t="tides")
    assert not at.exception, at.exception
    box = next(box for box in at.selectbox if box.label == "Table")
    assert box.value == "tides" and "Tides of a test" in box.options
    assert any("Water at a pier. Nobody (2020). CC0." in caption.value for caption in at.caption)
    spec = Spec.parse(
        {"family": "clusterers", "method": "kmeans", "data": {"table": "tides", "x": ["hour"], "labels": "level"}}
    )
    assert spec.source().x.shape == (50, 1) and spec.data.description() == "Tides of a test: hour"
    assert pages.settings(spec)["t"] == "tides"


def test_a_bundled_set_of_pictures_is_an_entry_and_its_file(tmp_path, opened, monkeypatch):
    drawn = np.random.default_rng(0).integers(0, 255, (40, 9, 9), dtype=np.uint8)
    np.savez(tmp_path / "stripes.npz", x=drawn, y=np.arange(40) % 2)
    entry = ImageSet("Stripes of a test", "Forty pictures.", "Nobody (2020)", 40, ("left", "right"))
    monkeypatch.setitem(images.SETS, "stripes", entry)
    monkeypatch.setattr(images, "BUNDLED", tmp_path)
    at = opened("cluster", i="stripes", n="30")
    assert not at.exception, at.exception
    box = next(box for box in at.selectbox if box.label == "Data")
    assert box.value == "stripes" and "Stripes of a test" in box.options
    assert any("Forty pictures." in caption.value for caption in at.caption)
    assert at.session_state["cluster:n"] == 30
    spec = Spec.parse({"family": "clusterers", "method": "kmeans", "data": {"images": "stripes", "n": 30}})
    assert spec.source().x.shape == (30, 1, 9, 9) and spec.data.label_names() == ("left", "right")
    assert pages.settings(spec)["i"] == "stripes"


def test_a_page_is_a_folder(tmp_path, opened, monkeypatch):
    import dashboard.screens

    folder = tmp_path / "echo"
    folder.mkdir()
    (folder / "__init__.py").write_text(PAGE, encoding="utf-8")
    (folder / "page.py").write_text(
        "import streamlit as st\n\ndef draw():\n    st.write('here it is')\n", encoding="utf-8"
    )
    monkeypatch.setattr(dashboard.screens, "__path__", [*dashboard.screens.__path__, str(tmp_path)])
    pages.registered.cache_clear()
    try:
        at = opened("echo")
        assert [page.name for page in pages.registered()][1:3] == ["estimate", "echo"]
        assert [m.value for m in at.markdown] == ["here it is"]
    finally:
        pages.registered.cache_clear()
        for name in [n for n in sys.modules if n.startswith("dashboard.screens.echo")]:
            del sys.modules[name]
