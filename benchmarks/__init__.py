"""stocksim beside its peers: ratios within one run, never single timings."""
