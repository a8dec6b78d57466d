"""Thresholds: what a run must keep to, such as `latency p99 < 1500ms during peak for web`.

metrics      every metric: its units, its statistics, and how it is read from a run's figures
comparisons  < <= > >= == != and what they may compare
threshold    one limit on one figure
reading      the text of a threshold
verdicts     thresholds held against what a run measured
"""
