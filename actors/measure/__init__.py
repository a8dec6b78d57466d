"""What a run is judged by: metrics, thresholds, the audit, and the result document."""
