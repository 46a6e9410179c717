"""What estimators by a critic share: how it trains on folds or on fresh draws, and how its scores are read."""
