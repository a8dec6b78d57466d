"""`stocksim new`: a commented scenario that runs, to be changed into one's own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from actors.errors import UsageError

__all__ = ["write_template"]

LOG: Final = "replay_log.csv"
SUFFIXES: Final = (".yaml", ".yml")
NO_NAMES: Final = ("", "..")


def write_template(name: str, template: str) -> list[Path]:
    """Write the template as `NAME.yaml`, and the log that it replays, if it does.

    Returns:
        The files written.

    Raises:
        UsageError: a file of that name is there already, or the folder is missing or closed.
    """
    path = Path(name)
    if path.suffix not in SUFFIXES:
        path = path.with_name(path.name + ".yaml") if path.name not in NO_NAMES else path
    folder = files("actors.cli") / "templates"
    texts = {path: (folder / f"{template}.yaml").read_text("utf-8")}
    if template == "replay":
        log = path.with_name(f"{path.stem}_log.csv")
        texts = {path: texts[path].replace(LOG, log.name), log: (folder / LOG).read_text("utf-8")}
    for target in texts:
        _refuse_overwriting(target)
    for target, text in texts.items():
        _write(target, text)
    return list(texts)


def _refuse_overwriting(target: Path) -> None:
    if target.name in NO_NAMES or any(ord(sign) < 32 for sign in target.name):
        raise UsageError(f"{str(target)!r} is no name for a file: try `stocksim new myshop`")
    try:
        taken = target.exists() or target.is_symlink()
        homeless = not target.parent.is_dir()
    except (OSError, ValueError) as error:
        raise UsageError(f"{target}: {error}") from error
    if homeless:
        raise UsageError(f"{target}: there is no folder {target.parent}: make it first")
    if taken:
        raise UsageError(f"{target} is there already: choose another name, nothing was written")


def _write(target: Path, text: str) -> None:
    try:
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{target} cannot be written: {why}") from error
