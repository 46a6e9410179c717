"""Work of minutes that belongs to the server, not to a viewer: a download, many files to read. A refresh finds it again."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st

from core import sentences
from core.sentences import Sentence
from dashboard.text import t
from dashboard.widgets import server
from dashboard.widgets.live import pulse

_AT_ONCE = 2
Progress = Callable[[int, int], None]


@dataclass
class Task:
    """How far it is; `fault` is a sentence where it failed, and `stop` asks it to end."""

    done: int = 0
    total: int = 0
    over: bool = False
    stop: bool = False
    fault: str = ""

    def progress(self, done: int, total: int) -> None:
        """Told by the work; ends it where somebody pressed Stop."""
        self.done, self.total = done, total
        if self.stop:
            raise _Stopped


class _Stopped(Exception):
    pass


@st.cache_resource
def _all() -> dict[str, Task]:
    return {}


@st.cache_resource
def _room() -> threading.Semaphore:
    return threading.Semaphore(_AT_ONCE)


def find(key: str) -> Task | None:
    """The task of that name, under way or over, or None where nobody asked for it since the server started."""
    return _all().get(key)


def begin(key: str, work: Callable[[Progress], object]) -> None:
    """Do it in a thread of the server, once at a time; `work` is told where to report and may raise ValueError."""
    known = find(key)
    if known is None or known.over:
        task = _all()[key] = Task()
        threading.Thread(target=_run, args=(task, work, _room()), name=key, daemon=True).start()


def _run(task: Task, work: Callable[[Progress], object], room: threading.Semaphore) -> None:
    try:
        with room:
            work(task.progress)
    except _Stopped:
        pass
    except ValueError as error:
        task.fault = sentences.of(error)
    except Exception as error:  # a thread has nobody above it: whatever happens is said on the page
        logging.getLogger(__name__).exception("a task failed")
        task.fault = Sentence(
            "it failed unexpectedly ({name}); try again, and look at the server's log", name=type(error).__name__
        )
    finally:
        task.over = True


def child(*command: str) -> Callable[[Progress], None]:
    """Work of the shell, `python -m core COMMAND …`: in a process of its own, so that it takes no time from the pages."""

    def work(progress: Progress) -> None:
        started = [sys.executable, "-m", "core", *command]
        with subprocess.Popen(started, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8") as process:
            try:
                if hasattr(os, "setpriority"):
                    os.setpriority(os.PRIO_PROCESS, process.pid, 10)
                fault = _listen(process.stderr or (), progress)
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            raise ValueError(
                fault or Sentence("it ended early (code {code}); the memory may not suffice", code=process.returncode)
            )

    return work


def _listen(lines: Iterable[str], progress: Progress) -> str:
    """Passes the progress on; returns the sentence of an error, if there is one."""
    fault = ""
    for line in lines:
        if counted := re.match(r"(\d+) of (\d+) ", line):
            progress(int(counted[1]), int(counted[2]))
        elif line.startswith("error: "):
            fault = line.removeprefix("error: ").strip()
    return fault


def watch(key: str, words: Callable[[int, int], str]) -> None:
    """A bar that moves until the task is over, and then the page anew; `words(done, total)` stands above it."""
    st.fragment(_bar)(key, words)


def _bar(key: str, words: Callable[[int, int], str]) -> None:
    task = find(key)
    if task is None or task.over:
        st.rerun()
    st.progress(min(task.done / task.total, 1.0) if task.total else 0.0, words(task.done, task.total))
    st.button(t("Stop"), key=f"{key}.stop", on_click=_stop, args=(key,), disabled=not server.may_steer())
    pulse(key, 0.5)


def _stop(key: str) -> None:
    task = find(key)
    if task is not None:
        task.stop = True
