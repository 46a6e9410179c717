"""The density page's pieces: what is learned from, the pictures of a run, slices, calibration, comparison, files."""
