"""One scenario over many processes: the run's side, and the workers'."""
