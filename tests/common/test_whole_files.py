from __future__ import annotations

from pathlib import Path

import pytest

from actors.common.whole_files import write_whole


def test_a_file_is_replaced_and_can_be_read_by_whoever_could_read_any_other(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    write_whole(target, b"new")
    other = tmp_path / "other"
    other.touch()

    assert target.read_bytes() == b"new"
    assert target.stat().st_mode == other.stat().st_mode
    assert {path.name for path in tmp_path.iterdir()} == {"file", "other"}


def test_when_it_cannot_be_written_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
