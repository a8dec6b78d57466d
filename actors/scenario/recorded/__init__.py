"""Recorded logs: CSV or JSON Lines become orders, and every row is accounted for."""
