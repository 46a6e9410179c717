"""Files to take away: what the model says of every row, and the model itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.data.references import beside
from core.spec import Spec
from dashboard.jobs import Run
from dashboard.pickers import problem
from dashboard.text import plain, t
from dashboard.widgets import export, run_files
from dashboard.widgets.shown import Shown

_LEVELS = (0.05, 0.5, 0.95)
_AT_ONCE = 5_000  # rows whose quantiles are searched together: their components' table stays below 100 MB


def menu(s: Shown) -> None:
    """Predictions as CSV and the model as safetensors, for a run that has ended."""
    if s.run.spec is None or s.run.status not in ("finished", "stopped") or s.at is not None:
        return
    with st.popover(
        t("Predictions and model"),
        icon=":material/table_view:",
        type="tertiary",
        key="density:files",
        on_change="rerun",
    ) as opened:
        if opened.open:
            _contents(s.run, s.run.spec)


def _contents(run: Run, spec: Spec) -> None:
    try:
        frame = _predictions(run.id, spec.to_json())
    except ValueError as error:
        st.caption(plain(error))
        return
    st.caption(
        t(
            "For every row: the columns as they were read and the row's number, inputs and y as numbers, mean, standard deviation, "
            "three quantiles, log p(y | x) in nats, and whether the networks trained on it or held it out."
        )
    )
    with st.container(horizontal=True):
        st.download_button(
            t("Predictions (CSV)"),
            data=lambda: export.to_csv(frame),
            file_name=f"predictions-{run.id[:6]}.csv",
            mime="text/csv",
            key="density:predictions",
            on_click="ignore",
        )
        run_files.model(run, "density:model")
    st.dataframe(frame.head(200), hide_index=True, height=260)
    st.code(
        "from core import saved\n\n"
        f'model = saved.load("{run_files.name(run)}")\n'
        "mean, density = model.predict(X), model.predict_density(X)  # a torch Distribution\n"
        "log_p = model.log_density(X, y)                             # nats per row",
        language="python",
    )


@st.cache_data(max_entries=4, show_spinner=False)
def _predictions(run: str, text: str) -> pd.DataFrame:
    from core import saved

    spec = Spec.parse(text)
    model, source = saved.of_run(run), problem.source(spec)
    return beside(run_files.origin(spec), predictions(model, source).assign(used=_used(model, source)))


def _used(model, source) -> list[str]:  # type: ignore[no-untyped-def]
    """What each row was for. Networks that are averaged each hold out rows of their own."""
    if source.draw:
        return [t("held out")] * len(source)
    held = np.isin(np.arange(len(source)), model.held_rows(len(source)))
    averaged = model.restarts > 1 and model.keep == "average"
    word = t("held out by 1 of {n} networks", n=model.restarts) if averaged else t("held out")
    return [word if apart else t("train") for apart in held]


def predictions(model, source) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    """A row for each row of the source: inputs, y, mean, sd, quantiles (where the model has them), log density."""
    x, y = source.x, np.asarray(source.y, float).reshape(len(source), -1)
    parts = [_of(model, x[i : i + _AT_ONCE], y[i : i + _AT_ONCE]) for i in range(0, len(x), _AT_ONCE)]
    values = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    inputs = source.x_names or tuple(f"x{i + 1}" for i in range(x.shape[1]))
    outputs = source.y_names or tuple(f"y{i + 1}" for i in range(y.shape[1]))
    columns = {n: x[:, i] for i, n in enumerate(inputs)} | {n: y[:, i] for i, n in enumerate(outputs)}
    for name, table in values.items():
        if table.ndim == 1:
            columns[name] = table
        else:
            columns |= {f"{name} {o}" if len(outputs) > 1 else name: table[:, i] for i, o in enumerate(outputs)}
    return pd.DataFrame(columns)


def _of(model, x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:  # type: ignore[no-untyped-def]
    density = model.predict_density(x)
    out = {"mean": density.mean.numpy(), "sd": density.variance.sqrt().numpy()}
    if hasattr(model, "quantile"):
        out |= {f"q{level:.0%}": q for level, q in zip(_LEVELS, model.quantile(x, np.array(_LEVELS)), strict=True)}
    return out | {"log_density": model.log_density(x, y)}
