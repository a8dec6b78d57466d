"""A worker's process: processors and stock for whatever run is announced."""
