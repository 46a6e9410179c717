"""What was chosen and estimated of a table: it is on the page again when one comes back to it."""

from __future__ import annotations

from collections.abc import Collection

from dashboard import pages, state
from dashboard.jobs import Run
from dashboard.widgets import server
from dashboard.widgets.address import follow

COMMON = ("seed", "unit")  # settings that are of no table and of no question
_LOOKED_AT = 200  # of the latest runs


def stand(page: str, table: str, asked: str = "") -> None:
    """What the page is drawn of: a table, and what is asked of it where the page has questions."""
    state.choose(f"{page}.place", (table, asked))


def come_back(page: str, but: Collection[str] = ()) -> bool:
    """For callbacks, when another table or another question was chosen: what it showed before stands on the page again, or
    its latest finished run; False where there is neither. but: settings that are not brought back."""
    before = state.chosen(f"{page}.place") or ("", "")
    now = (state.widget(f"{page}:t"), state.widget(f"{page}:m") if before[1] else "")
    settings = state.remembered(page)
    kept = {**(state.chosen(f"{page}.kept") or {}), before: (settings, state.runs(page))}
    state.choose(f"{page}.kept", kept)
    own, runs = kept.get(now, ({}, []))
    common = {name: value for name, value in settings.items() if name in COMMON}
    runs = [id for id in runs if server.store().run(id)]
    if not runs and (run := _latest(*now)) and run.spec:
        runs = [run.id]
        if now not in kept:
            own, common = pages.settings(run.spec), common | {"seed": str(run.spec.seed)}
    if now not in kept and not runs:
        return False
    own = {name: value for name, value in own.items() if name not in (*COMMON, *but)}
    follow(page, own | common | {"t": now[0]} | ({"m": now[1]} if now[1] else {}), runs)
    return True


def _latest(table: str, asked: str) -> Run | None:
    """The latest run that has answered a question of a table."""
    for run in server.store().runs(limit=_LOOKED_AT) if asked else ():
        spec = run.spec_dict
        if run.status == "finished" and spec.get("method") == asked and spec.get("data", {}).get("table") == table:
            return run
    return None
