"""The run's process: clients, router and collector, and its end of the broker."""
