"""Run a scenario: `python stocksim.py scenarios/peak_load.yaml`."""

from __future__ import annotations

from actors.cli import main

if __name__ == "__main__":
    main()
