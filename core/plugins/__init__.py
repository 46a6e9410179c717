"""The user's own methods: `<data folder>/plugins/<family>/name.py` is imported, and pickled, as `core.plugins.<family>.name`."""

from core.paths import data_folder

__path__ = [str(data_folder() / "plugins")]
