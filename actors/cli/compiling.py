"""`stocksim compile`: make the compiled twins of the busiest modules; see `actors.common.compiled`.

The work is done on a copy, in a process of its own, and put in its place when all is there: a
compiler that is missing or fails leaves everything as it was.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from actors.cli.extensible import extended_classes, make_extensible
from actors.cli.natives import make_native
from actors.common.compiled import MANIFEST, MODULES, PACKAGE, digest, twins_folder
from actors.errors import UsageError

__all__ = ["compile_twins"]

LAST_LINES: Final = 12
GROUP: Final = "stocksim"  # of the library that all twins share

# Runs where a copy of the package is. Multiplications and additions stay apart, as Python
# does them: fused, they would round differently, and the same seed would not be the same run.
# What nobody outside the library calls is hidden, so that calls within it are direct or inlined.
BUILD: Final = f"""
import sys
from mypyc.build import mypycify
from setuptools import setup
options = ["--config-file=", "--follow-imports=silent", "--ignore-missing-imports"]
extensions = mypycify([*options, *sys.argv[1:]], group_name={GROUP!r})
if sys.platform != "win32":
    for extension in extensions:
        extension.extra_compile_args += ["-ffp-contract=off", "-fvisibility=hidden"]
setup(name="twins", ext_modules=extensions, script_args=["build_ext", "--build-lib", "twins"])
"""


def compile_twins() -> Path:
    """Compile; returns the folder of the twins.

    Raises:
        UsageError: mypyc is not installed, the compiler failed, or the folder cannot be written.
    """
    for module in ("mypyc", "setuptools"):
        if find_spec(module) is None:
            raise UsageError("compiling needs mypyc: pip install 'stocksim[fast]'")
    sources = digest()
    with TemporaryDirectory(prefix="stocksim-") as name:
        workshop = Path(name)
        shutil.copytree(
            PACKAGE, workshop / PACKAGE.name, ignore=shutil.ignore_patterns("__*__", "*.so")
        )
        _build(workshop)
        return _put_in_place(workshop / "twins", sources)


def _build(workshop: Path) -> None:
    paths = [name.replace(".", "/") + ".py" for name in MODULES]
    extended = extended_classes((workshop / PACKAGE.name).rglob("*.py"))
    for path in paths:
        make_extensible(workshop / path, extended)
        make_native(workshop / path)
    done = subprocess.run(  # noqa: S603 — our own script, our own files
        [sys.executable, "-c", BUILD, *paths],
        cwd=workshop,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UsageError(
            "the compiler failed, and stocksim runs as plain Python as before. It said:",
            *done.stdout.splitlines()[-LAST_LINES:],
        )


def _put_in_place(twins: Path, sources: str) -> Path:
    """Move what was built to its place, with a manifest of what it was made from."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    files = {
        file.relative_to(twins).as_posix().removesuffix(suffix).replace("/", "."): file
        for file in sorted(twins.rglob("*" + suffix))
    }
    folder = twins_folder()
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, file in files.items():
            shutil.copy(file, folder / (name + suffix))
        manifest = {"sources": sources, "files": {name: name + suffix for name in files}}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}") from error
    return folder
