"""The shell says JSON, or one line on standard error and exit code 2."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from core import discover
from core.method import Step
from core.shell import main, progress
from core.shell.commands import METHODS
from core.spec import Spec

EVERY = [(family, name) for family in METHODS for name in discover.names(family)]


@pytest.fixture
def table(tmp_path):
    """Two dependent Gaussians, ρ = 0.8: 0.511 nats; a category; a column that has nothing to say."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=1_000)
    y = 0.8 * x + 0.6 * rng.normal(size=1_000)
    rows = [f"{a:.5f},{b:.5f},{'uvw'[i % 3]},7" for i, (a, b) in enumerate(zip(x, y, strict=True))]
    path = tmp_path / "pair.csv"
    path.write_text("a,b,c,k\n" + "\n".join(rows))
    return str(path)


def said(capsys, *arguments) -> dict:
    """The JSON of a command; a number that JSON does not know is a fault."""
    code = main([str(a) for a in arguments])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    return json.loads(captured.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def refused(capsys, *arguments) -> str:
    """The one line of a command that fails."""
    try:
        code = main([str(a) for a in arguments])
    except SystemExit as leaving:
        code = leaving.code
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_mi_of_two_columns_is_the_gaussian_one(capsys, table):
    found = said(capsys, "mi", table, "--x", "a", "--y", "b", "--method", "ksg")
    # The standard error of KSG with 1,000 rows is near 0.035; three of them.
    assert found["mi"] == pytest.approx(0.511, abs=0.1)
    assert found["mi_bits"] == pytest.approx(found["mi"] / np.log(2))
    assert found["equivalent_correlation"] == pytest.approx(0.8, abs=0.08)
    low, high = found["interval"]
    assert low <= found["mi"] <= high
    assert found["trust"]["level"] in ("green", "amber", "red")
    assert (found["method"], found["n"]) == ("ksg", 1_000)


def test_reasons_for_doubt_name_the_columns_of_the_table(capsys):
    found = said(capsys, "mi", "penguins", "--x", "year", "--y", "body_mass_g", "--method", "gaussian")
    (reason,) = [reason for reason in found["trust"]["reasons"] if "ties" in reason]
    assert "'year'" in reason


def test_a_parameter_reaches_the_method_and_a_wrong_one_is_named(capsys, table):
    pair = ("mi", table, "--x", "a", "--y", "b", "--method", "histogram")
    few, many = (said(capsys, *pair, "--param", f"bins={bins}")["mi"] for bins in (2, 20))
    assert few < many
    assert "binz" in refused(capsys, *pair, "--param", "binz=2")
    assert "name=value" in refused(capsys, *pair, "--param", "bins")


def test_a_column_that_cannot_serve_is_refused_by_name(capsys, table):
    assert "'nope'" in refused(capsys, "mi", table, "--x", "nope", "--y", "b")
    assert "constant" in refused(capsys, "mi", table, "--x", "k", "--y", "b")
    assert "no file none.csv" in refused(capsys, "mi", "none.csv", "--x", "a", "--y", "b")


def test_the_matrix_is_symmetric_and_holds_null_for_what_has_no_value(capsys, table):
    found = said(capsys, "matrix", table)
    names = found["columns"]
    mi = np.array(found["mi"], dtype=float)
    assert mi.shape == (len(names), len(names))
    np.testing.assert_allclose(mi, mi.T)
    assert mi[names.index("a"), names.index("b")] == pytest.approx(0.511, abs=0.1)
    assert {"x", "y", "n", "mi", "method"} <= set(found["long"][0])


def test_a_target_keeps_only_its_pairs(capsys, table):
    found = said(capsys, "matrix", table, "--target", "b", "--columns", "a", "b", "c")
    assert found["long"]
    assert all("b" in (row["x"], row["y"]) for row in found["long"])


@pytest.mark.parametrize(("family", "method"), EVERY)
def test_the_spec_of_every_method_is_valid_and_says_its_parameters(capsys, family, method):
    spec = Spec.parse(said(capsys, "spec", f"{family}/{method}"))
    assert (spec.family, spec.method) == (family, method)
    assert set(spec.parameters) == set(spec.build().get_params(deep=False)) - {"random_state", "device"}


def test_a_name_alone_is_that_of_the_first_family_that_has_it(capsys):
    assert [said(capsys, "spec", name)["family"] for name in ("mine", "pca")] == ["estimators", "projections"]


def test_an_unknown_method_is_answered_with_the_known_ones(capsys):
    for name in ("nope", "densities/mine", "nowhere/mine"):
        line = refused(capsys, "spec", name)
        assert name in line and "ksg" in line


def test_run_keeps_what_it_says(capsys, tmp_path):
    spec = {"family": "estimators", "method": "ksg", "data": {"distribution": {"name": "gaussian"}, "n": 500}}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    found = said(capsys, "run", tmp_path / "spec.json", "--out", tmp_path / "out")
    assert found["steps"] >= 1
    assert found["seconds"] > 0
    assert Spec.parse(found["spec"]).method == "ksg"
    assert json.loads((tmp_path / "out" / "result.json").read_text()) == found
    assert not list(tmp_path.rglob("*.partial"))


def test_a_run_that_trains_tells_its_progress_beside_the_result(capsys, tmp_path):
    spec = said(capsys, "spec", "mdn")
    spec["parameters"]["iterations"] = 50
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    assert main(["run", str(tmp_path / "spec.json"), "--out", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert "step 50 of 50, 0 s left" in captured.err
    assert json.loads(captured.out)["steps"] == 50
    assert (tmp_path / "checkpoint.safetensors").stat().st_size > 0


def test_the_time_that_is_left_does_not_count_what_came_before_the_first_step(capsys, monkeypatch):
    clock = iter([20.0, 21.5, 23.0])  # twenty seconds of imports, then a step in one and a half
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    steps = [Step(index, {}) for index in (1, 2, 3)]
    list(progress.reported(iter(steps), SimpleNamespace(total=11), 0.0))
    first, second, third = capsys.readouterr().err.splitlines()
    assert "left" not in first and "step 2 of 11, 14 s left" in second and "12 s left" in third


def test_a_bad_spec_is_one_line(capsys, tmp_path):
    path = tmp_path / "spec.json"
    path.write_text('{"family": "estimators", "method": "ksg", "data": {"nope": 1}}')
    assert "data must hold one of" in refused(capsys, "run", path)
    path.write_text("{")
    assert "JSON" in refused(capsys, "run", path)
    assert "cannot be read" in refused(capsys, "run", tmp_path / "none.json")


def test_as_a_program_it_ends_with_code_2_and_one_line():
    done = subprocess.run([sys.executable, "-m", "core", "mi"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


SPEC = '{"family": "estimators", "method": "ksg", "data": {"distribution": {"name": "gaussian"}, "n": 100}}'


def test_a_folder_that_cannot_be_written_is_refused_before_the_run(capsys, tmp_path, monkeypatch):
    spec, file = tmp_path / "spec.json", tmp_path / "a_file"
    spec.write_text(SPEC)
    file.write_text("kept")
    monkeypatch.setattr(Spec, "build", lambda self: pytest.fail("the run began"))
    for out in (file, file / "below", "/proc/nowhere", "a\0b"):
        assert "is not a folder that can be written to" in refused(capsys, "run", spec, "--out", out)
    assert file.read_text() == "kept"


def test_a_result_that_cannot_be_kept_is_printed_all_the_same(capsys, tmp_path, monkeypatch):
    spec = tmp_path / "spec.json"
    spec.write_text(SPEC)
    monkeypatch.setattr("core.files.write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert main(["run", str(spec), "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["result"]["rows"] == 100
    assert "No space left on device" in captured.err.splitlines()[-1]


def test_what_has_an_option_of_its_own_is_no_parameter(capsys, table):
    pair = ("mi", table, "--x", "a", "--y", "b", "--method", "gaussian")
    assert "write it as --seed" in refused(capsys, *pair, "--param", "seed=3")
    assert "write it as --method" in refused(capsys, *pair, "--param", "method=ksg")
    assert "write it as --seed" in refused(capsys, *pair, "--param", "random_state=3")
