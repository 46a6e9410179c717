"""Home: what this is in ten seconds, pictures of real runs, one button that starts one."""

from __future__ import annotations

from dashboard.components import welcome

welcome.hero()
welcome.pictures()
welcome.facts()
