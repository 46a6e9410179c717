"""Is there any dependence at all? The estimate against estimates of rows that were paired anew, at random."""

from __future__ import annotations
