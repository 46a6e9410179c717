"""How a run stands, in one line: progress, speed and what is still to come, or what it waits for, or why it ended."""

from __future__ import annotations

import streamlit as st

from core import discover
from dashboard.jobs import Run
from dashboard.text import plain, t
from dashboard.widgets import run_settings, server
from dashboard.widgets.shown import Shown

_WIDE = 240  # pixels for the line of one run among several


def lines(runs: list[Run]) -> None:
    """How each run stands; those that only wait share one line."""
    called = _called(runs)
    waiting = [run for run in runs if run.status == "queued"]
    apart = runs if len(waiting) < 2 else [run for run in runs if run not in waiting]
    with st.container(gap="small", width="stretch", horizontal=len(apart) > 1):  # several in a row where there is room
        for place, run in enumerate(apart):
            with st.container(width="stretch" if len(apart) == 1 else _WIDE, key=f"status-run-{place}-{run.id}"):
                line(run, called[run.id])
        if waiting and apart != runs:
            with st.container(width="stretch"):
                st.caption(
                    t(
                        "{names}: {waiting}.",
                        names=_listed([called[run.id] for run in waiting]),
                        waiting=_ahead(waiting[0]),
                    )
                )


def line(run: Run, method: str) -> None:
    """How a run stands or stood: one quiet line, of the same height to the end; a box only when it failed."""
    if run.status == "failed":
        st.error(plain(_why(run, method)), icon=":material/error:")
    elif run.status == "interrupted":
        at = {"method": method, "step": f"{run.step:,}", "why": run.message}
        st.warning(plain(t("{method} was interrupted at step {step}: {why}", **at)))
    elif run.status == "stopped":
        at = {"step": f"{run.step:,}", "total": f"{run.total:,}"}
        said = t("{method} was stopped at step {step} of {total}.", method=method, **at)
        if not run.step:
            said = t("{method} was stopped before its first step: Start runs it.", method=method)
        elif not server.store().result(run.id):
            said += " " + t(run.message or "There is no result.")
        st.caption(f"{said} {t('Resume goes on from there.')}" if run.resumable else said)
    elif run.active:
        st.progress(run.progress, " · ".join([method, *words(run)]))
    else:
        st.caption(" · ".join([method, t("{status} after {time}", status=t(run.status), time=took(run))]))


def _why(run: Run, method: str) -> str:
    if run.step:
        return t("{method} failed after step {step}: {why}", method=method, step=f"{run.step:,}", why=run.message)
    return t("{method} failed before its first step: {why}", method=method, why=run.message)


def without_result(s: Shown) -> str:
    """Why a run that has ended has no result, and what brings one; empty where it has one, or it is still to come."""
    if s.run.active or s.at is not None or s.result:
        return ""
    if s.run.resumable:
        return t("The run was stopped before it had a result: Resume goes on, and the result comes at its end.")
    return t("The run ended without a result.")


def took(run: Run) -> str:
    """How long a run has worked, as people say it; a dash before it does."""
    if run.status == "queued" and not run.seconds:
        return "–"
    whole = round(run.seconds)
    if whole >= 6_000:
        return _whole(t("{hours} h {minutes} min", hours=whole // 3600, minutes=f"{whole % 3600 // 60:02d}"))
    if whole >= 100:
        return _whole(t("{minutes} min {seconds} s", minutes=whole // 60, seconds=f"{whole % 60:02d}"))
    return _whole(t("{seconds} s", seconds=f"{run.seconds:.1f}") if run.seconds >= 0.1 else t("less than 0.1 s"))


def _whole(time: str) -> str:
    """A number and its unit stay on one line."""
    return time.replace(" ", "\u00a0")


def words(run: Run) -> list[str]:
    """Where a run that has not ended is, how fast it goes, and how long it will."""
    if run.status == "queued":
        return [_ahead(run)]
    if run.status == "running" and run.phase == "loading":
        return [t("starting")]
    step = t("step {step} of {total}", step=f"{run.step:,}", total=f"{run.total:,}")
    if run.status == "paused":
        at = [step] if run.total else []  # it may have been paused in the queue
        return [*at, t("paused") if run.phase else t("paused; its place went to other runs, and Play queues it again")]
    sweep = run.spec_dict.get("family") == "sweeps"  # it has many steps, and knows how many with the first
    if run.total == 1 and not run.step and sweep:
        return [t("starting")]
    if run.phase == "finishing" or run.total == 1:
        return [t("computing the result")] if run.total == 1 else [step, t("computing the result")]
    if run.eta is None:
        return [step]
    if run.step >= run.total:  # its method does not say how many steps there are
        return [t("step {step}", step=f"{run.step:,}"), _speed(run.steps_per_second)]
    return [step, _speed(run.steps_per_second), t("{time} to the last step", time=_duration(run.eta))]


def _speed(rate: float) -> str:
    if rate < 1:
        return t("{seconds} s a step", seconds=f"{1 / rate:.2g}" if rate > 0.01 else f"{1 / rate:,.0f}")
    return t("{rate} steps/s", rate=f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}")


def _duration(seconds: float) -> str:
    if seconds >= 100:
        return t("{minutes} min", minutes=f"{seconds / 60:,.0f}")
    return t("{seconds} s", seconds=f"{seconds:.0f}") if seconds >= 1 else t("less than a second")


def _ahead(run: Run) -> str:
    """What a run in the queue waits for."""
    holders = [f"{title(r)} ({t(r.status)})" for r in server.store().seated()]
    if not holders:
        return t("starting")
    several = len(holders) > 1
    held = "waiting for a free place: {names} are ahead" if several else "waiting for a free place: {names} is ahead"
    waiting = [t(held, names=_listed(holders))]
    if (before := (run.queue_place or 1) - 1) > 0:
        waiting.append(t("{n} more in the queue before it", n=before))
    return "; ".join(waiting)


def _listed(names: list[str]) -> str:
    *others, last = names
    return t("{names} and {last}", names=", ".join(others), last=last) if others else last


def _called(runs: list[Run]) -> dict[str, str]:
    """Each run's name by its id: the method's title, and what tells it from the others."""
    if len(runs) == 1:  # also a scan, which is called otherwise than the runs that it repeats
        return {run.id: title(run) for run in runs}
    names = iter(run_settings.names([run.spec for run in runs if run.spec]))
    return {run.id: next(names) if run.spec else run.id for run in runs}


def title(run: Run) -> str:
    """The method's title."""
    return t(discover.load(run.spec.family, run.spec.method).title) if run.spec else run.id
