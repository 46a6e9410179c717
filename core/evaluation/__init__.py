"""How far to believe a result: clusters against labels, probes, projections, calibration, trust."""
