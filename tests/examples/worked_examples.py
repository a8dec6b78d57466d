"""The worked examples of CONTRIBUTING.md, applied to a copy of the package."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from readme import FENCE, ROOT

__all__ = ["WorkedExample", "worked_examples"]

SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def worked_examples() -> dict[str, list[tuple[str, str]]]:
    """By title of its section, the changes of each example: file and diff."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = {
        title: [(m[2].strip(), m[3]) for m in FENCE.finditer(body) if m[1] == "diff"]
        for title, body in SECTION.findall(text)
    }
    return {title: changes for title, changes in found.items() if changes}


class WorkedExample:
    """A copy of the package with an example's changes, whose command can be run."""

    def __init__(self, title: str, folder: Path) -> None:
        self.folder = folder
        unwanted = shutil.ignore_patterns("__pycache__", "__compiled__")
        shutil.copytree(ROOT / "actors", folder / "actors", ignore=unwanted)
        shutil.copy(ROOT / "stocksim.py", folder)
        for file, diff in worked_examples()[title]:
            path = folder / file
            path.write_text(changed(path.read_text("utf-8"), diff), encoding="utf-8")

    def scenario(self, text: str) -> str:
        """Write a scenario; returns the name of its file."""
        (self.folder / "shop.yaml").write_text(text, encoding="utf-8")
        return "shop.yaml"

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `stocksim` with these words."""
        return self._run("stocksim.py", *words)

    def python(self, program: str) -> str:
        """Run a program; returns what it prints."""
        run = self._run("-c", program)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words], cwd=self.folder, capture_output=True, text=True, check=False
        )


def changed(text: str, diff: str) -> str:
    """The text with a diff's hunks applied, each of which fits in exactly one place."""
    for hunk in diff.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        assert text.count(old) == 1, f"this stands there {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    return text
