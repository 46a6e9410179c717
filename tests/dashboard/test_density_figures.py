"""One number per quantity: titles, cards, tables and pictures of a finished density say the same, of the same rows."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest

from core.data.problems import true_mi
from core.densities import MDN
from core.spec import Spec
from dashboard.charts import curves as charts
from dashboard.charts import density_modes
from dashboard.jobs import Run
from dashboard.screens.density import calibration, comparison, information, metrics, slices, training, view
from dashboard.widgets import layout, standing

SPEC = {"family": "densities", "method": "mdn", "seed": 0, "data": {"problem": "inverse", "n": 400}}


@pytest.fixture(scope="module")
def ended():
    """A finished run as the page has it: result, pictures and curves of one model."""
    spec = Spec.parse(SPEC)
    model = MDN(iterations=80, random_state=0, device="cpu").run(spec.source())
    steps = {
        name: (
            [s.index for s in model.history_ if name in s.info],
            [s.info[name] for s in model.history_ if name in s.info],
        )
        for name in ("loss", "nll_held_out")
    }
    drawn = {name: model.view(name) for name in model.views}
    run = Run("0" * 8, spec.to_json(), "finished", step=model.n_iter_, views=tuple(drawn))
    curves = {name: (np.array(s), np.array(v)) for name, (s, v) in steps.items()}
    return SimpleNamespace(
        run=run,
        at=None,
        result=model.result(),
        picture=drawn.get,
        curves=lambda: curves,
        curve=lambda name: curves.get(name, ((), ())),
        last=lambda name: None,
    )


@pytest.fixture
def cards(monkeypatch):
    """Label → (value, note) of every metric that is drawn."""
    found: dict[str, tuple[str, str]] = {}
    monkeypatch.setattr(
        layout, "number", lambda _, label, value, note="", help=None: found.update({label: (value, note)})
    )
    return found


def figure(text: str) -> float:
    return float(re.search(r"[−-]?\d+\.\d+", text).group().replace("−", "-"))


def test_the_nll_and_the_true_densitys_are_one_number_each(ended, cards):
    metrics.above(ended)
    nll, _ = cards["NLL on 5,000 fresh points"]
    oracle, gap = cards["NLL of the true density"]
    drawn = training.loss(ended)
    names = {trace["name"]: np.asarray(trace["y"], float)[-1] for trace in drawn["data"]}
    marked = next(n for n in names if n.startswith("result"))
    assert marked == f"result {nll.split()[0]}, 5,000 fresh points" and f"{names[marked]:.3f}" == nll.split()[0]
    line = next(n for n in names if n.startswith("true density"))
    assert f"{names[line]:.3f}" == line.split()[-1] == oracle.split()[0]
    title = drawn["layout"]["title"]["text"]
    assert "5,000 fresh points" in title and figure(title) == figure(gap)
    row = comparison._row(ended, "one")
    assert f"{row['NLL (nats)']:.3f}" == nll.split()[0]
    assert "NLL without x" not in cards


def test_before_the_end_the_true_densitys_nll_is_that_of_the_end(ended):
    going = SimpleNamespace(**vars(ended) | {"result": {}})
    assert metrics.oracle(going) == pytest.approx(ended.result["nll_oracle"], abs=1e-12)


def test_the_verdict_the_card_and_the_report_are_of_the_same_rows(ended, cards):
    found = ended.picture("calibration")
    metrics.above(ended)
    calibration._numbers(ended, found)
    rows = metrics.rows(ended, int(found["n"]))
    said, held = calibration.verdict(found, rows), cards["90 % interval holds"][0]
    assert held in said and "5,000 fresh points" in said and "NLL on 5,000 fresh points" in cards
    assert float(found["ks"]) == ended.result["ks"] and figure(cards["PIT, KS distance"][0]) == round(
        ended.result["ks"], 4
    )
    missed = ended.result["ks"] > ended.result["ks_limit"]
    assert ("As promised" in said) is not (missed or "narrow" in said or "wide" in said)


def test_a_distance_beyond_its_limit_is_never_as_promised():
    """0.0212 on 5,000 rows misses the limit of 0.0192 although the interval holds what it should."""
    n = 5_000
    u = (np.arange(n) + 0.5) / n
    bulge = np.where((u > 0.1) & (u < 0.9), u + 0.0212 * np.sin(np.pi * (u - 0.1) / 0.4), u)
    found = {
        "nominal": np.array([0.9]),
        "observed": np.array([0.9]),
        "coverage_low": np.array([0.89]),
        "coverage_high": np.array([0.91]),
        "ks": 0.0212,
        "ks_limit": 0.0192,
        "n": n,
        "pit_counts": np.histogram(bulge, 20, (0, 1))[0],
    }
    assert calibration.verdict(found, "5,000 held-out rows").startswith("A little misshapen")
    assert "0.0212, limit 0.0192" in calibration.verdict(found, "5,000 held-out rows")
    assert calibration.verdict(found | {"ks": 0.0150}, "5,000 held-out rows").startswith("As promised")
    assert calibration.verdict(found | {"ks": 0.08}, "5,000 held-out rows").startswith("Misshapen")


def test_the_information_is_drawn_with_the_truth(ended):
    known, mi = information.truth(ended), ended.result["mi"]
    drawn = information._figure("mdn", mi, ended.result["mi_se"], [], known)
    assert drawn["layout"]["shapes"][0]["x0"] == known == true_mi("inverse")
    assert drawn["layout"]["meta"]["top"] >= 24  # pixels above the plot, where the truth's name stands
    title = drawn["layout"]["title"]["text"]
    assert f"{mi:.3f} nats" in title and f"{known:.3f} nats" in title
    free = information._figure("mdn", mi, ended.result["mi_se"], [], None)
    assert "at least" in free["layout"]["title"]["text"] and not free["layout"]["shapes"]


@pytest.mark.parametrize(("status", "note"), [("running", "running for"), ("paused", "paused after")])
def test_a_run_under_way_says_that_its_coverage_comes_and_how_long_it_has_worked(cards, status, note):
    run = Run("1" * 8, Spec.parse(SPEC).to_json(), status, seconds=15.5)
    metrics.above(SimpleNamespace(run=run, at=None, result={}, last=lambda name: None))
    told = " ".join(cards["90 % interval holds"])
    assert "comes at the end" in told and note in told


def test_on_a_table_nll_without_x_is_nll_plus_information(ended, cards):
    spec = Spec.parse(SPEC | {"data": {"table": "penguins", "x": ["bill_length_mm"], "y": ["body_mass_g"]}})
    result = {"nll": 7.5, "mi": 0.25, "n_mi": 90, "n_calibration": 90, "calibrated_on": "held-out rows"}
    run = Run("1" * 8, spec.to_json(), "finished")
    metrics.above(SimpleNamespace(run=run, at=None, result=result, last=lambda name: None))
    assert cards["NLL on 90 held-out rows"][0].startswith("7.500") and cards["NLL without x"][0].startswith("7.750")


@pytest.mark.parametrize(
    ("status", "word"),
    [("failed", "ended before"), ("stopped", "ended before"), ("running", "comes"), ("finished", "no such picture")],
)
def test_a_picture_that_is_missing_is_not_promised_by_a_run_that_failed(monkeypatch, status, word):
    told: list[str] = []
    monkeypatch.setattr(view.st, "caption", told.append)
    result = {"nll": 1.0} if status == "finished" else {}
    view.absent(SimpleNamespace(run=Run("a", "{}", status), at=None, result=result), "It comes.")
    assert len(told) == 1 and word in told[0]


def test_every_answer_of_a_slice_is_listed_with_its_probability():
    y = np.linspace(-10, 10, 200)
    means = np.repeat([-6.0, 0.0, 6.0], 4)[None]  # of four networks, each with one component for an answer
    weights = np.repeat([0.1, 0.05, 0.1], 4)[None]
    p = density_modes.mixture(y, means[0], np.full(12, 0.5), weights[0]).sum(0)[:, None]
    seen = SimpleNamespace(y=y, p=p, means=means, sigmas=np.full((1, 12), 0.5), weights=weights)
    said = re.findall(r"([−\d.]+) \((\d+) %\)", slices._answers(seen, 0))
    assert [int(share) for _, share in said] == [40, 40, 20]
    assert sorted(round(figure(value)) for value, _ in said) == [-6, 0, 6]


def test_the_likeliest_answer_is_the_first_of_the_list_and_not_the_highest_peak():
    y = np.linspace(-10, 10, 400)
    means, sigmas, weights = np.array([[-5.0, 5.0]]), np.array([[1.0, 0.2]]), np.array([[0.7, 0.3]])
    parts = density_modes.mixture(y, means[0], sigmas[0], weights[0])
    seen = SimpleNamespace(y=y, x=[0.0], names=("x", "y"), means=means, sigmas=sigmas, weights=weights)
    title = slices._headline(seen, 0, y, parts.sum(0))
    assert figure(title.rpartition("near ")[2]) == pytest.approx(-5, abs=0.1)
    assert "(70 %)" in slices._answers(seen, 0).partition(",")[0]


@pytest.mark.parametrize(("status", "word"), [("stopped", "Resume"), ("failed", "ended without"), ("running", "")])
def test_a_run_that_was_stopped_without_a_result_promises_none_without_resume(status, word):
    run = Run("a", "{}", status, step=9, checkpoint=9 if status == "stopped" else None)
    said = standing.without_result(SimpleNamespace(run=run, at=None, result={}))
    assert word in said and bool(said) == bool(word)
    assert not standing.without_result(SimpleNamespace(run=run, at=None, result={"mi": 1.0}))


def test_a_result_is_a_mark_beside_curves_of_other_rows():
    line = charts.Curve("nll", "validation", "mdn", [1, 2], [2.0, 1.5])
    drawn = charts.loss([line], result=(2, 1.42, "result 1.420"))["data"]
    assert drawn[-1]["mode"] == "markers" and drawn[-1]["x"][0] == 2 and drawn[-1]["y"][0] == 1.42
    assert len(charts.loss([line])["data"]) == 1


def shown(held, training_loss, nll, line, **of_run):
    """A run on the two-column problem with these curves, a look at the held-out rows every tenth step."""
    steps = np.arange(1, len(training_loss) + 1)
    curves = {"loss": (steps, np.array(training_loss, float)), "nll_held_out": (steps[::10], np.array(held, float))}
    run = Run("2" * 8, Spec.parse(SPEC).to_json(), "finished", views=("baseline",), **of_run)
    result = {"nll": nll, "nll_oracle": 1.3, "n_calibration": 5_000, "calibrated_on": "fresh rows"}
    picture = lambda name: {"nll": np.array([line])} if name == "baseline" else None  # noqa: E731
    return SimpleNamespace(
        run=run,
        at=None,
        result=result,
        picture=picture,
        curves=lambda: curves,
        curve=lambda name: curves.get(name, ((), ())),
        last=lambda name: None,
        parameter=run.spec.parameters.get,
    )


@pytest.mark.parametrize(
    ("late", "nll", "title"),
    [
        (6.0, 4.7, "NLL is 1.705 nats worse than the least-squares line's: lower the learning rate"),
        (0.5, 3.3, "NLL is 0.305 nats worse than the least-squares line's: try more steps or more rows"),
        (0.5, 1.5, "Validation NLL is best at step 201; from there on it overfits"),
        (3.0, 1.5, "Validation NLL is best at step 201; after it training NLL falls no more: lower the learning rate"),
    ],
)
def test_overfitting_is_only_said_where_training_still_falls(late, nll, title):
    held = np.r_[np.linspace(3, 1.5, 21), np.linspace(1.5, 3, 20)[1:]]
    loss = np.r_[np.linspace(3, 1.4, 200), np.linspace(1.4, late, 200)]
    assert training._loss_title(shown(held, loss, nll, 2.995), 1.3) == title


def test_an_early_end_is_said_with_its_step():
    early = shown([2.0], [2.0] * 10, 1.5, 2.995, step=1_281, total=1_500)
    assert "step 1,281 of 1,500" in training._early(early)[0] and "last 250 steps" in training._early(early)[0]
    assert not training._early(shown([2.0], [2.0] * 10, 1.5, 2.995, step=1_500, total=1_500))


def test_the_held_out_rows_of_several_networks_are_added_up():
    run = Run("3" * 8, Spec.parse(SPEC).to_json(), "finished")
    of = lambda **result: SimpleNamespace(run=run, result=result, parameter=run.spec.parameters.get)  # noqa: E731
    three = {"restart_nll": [1.0, 2.0, 3.0], "n_held_out": 438, "calibrated_on": "held-out rows"}
    assert metrics.turns(of(**three)) == "Each of 3 networks holds out 146 rows, 438 in all."
    assert not metrics.turns(of(**three | {"calibrated_on": "fresh rows"})) and not metrics.turns(of(n_held_out=146))


def test_a_run_that_failed_at_once_has_no_empty_chart():
    assert training.loss(SimpleNamespace(curves=dict, run=Run("a", "{}", "failed"))) is None
