"""The command line: flags in `app.py`, what a run needs around it in `running.py`.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

from actors.cli.app import main

__all__ = ["main"]
