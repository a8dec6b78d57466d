from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_sets import SHOP, loaded_shop

from actors import Simulation, UsageError, load_scenario, load_text, to_json
from actors.errors import ReplicationFailed
from actors.scenario.loader import LoadedScenario
from actors.study.kept import Fingerprint, Kept

LOG = "order,time,sku,quantity\n1,0,TEA,1\n2,5,TEA,2\n"
REPLAY = """\
stocksim: 1
products: {TEA: {stock: 40}}
processors: {service_time: 1s}
clients:
  past:
    replay: {file: log.csv, columns: {order: order, time: time, sku: sku, quantity: quantity}}
"""


def kept(folder: Path, loaded: LoadedScenario | None = None, seed: int = 5) -> Kept:
    return Kept(folder, Fingerprint.of(loaded or loaded_shop(), seed))


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    kept(folder).begin()
    return folder


def document(number: int) -> bytes:
    return to_json(Simulation(loaded_shop(), replication=number).run())


def test_what_was_saved_is_found_to_the_byte(begun: Path) -> None:
    content = document(3)
    kept(begun).save(3, content)
    again = kept(begun)
    again.resume()

    assert again.find(3) == content
    assert again.find(2) is None
    assert {path.name for path in begun.iterdir()} == {"set.json", "replication-3.json"}


def test_a_folder_with_anything_in_it_is_not_new(begun: Path) -> None:
    with pytest.raises(UsageError, match=r"there are files in it; to go on .* say --resume"):
        kept(begun).check_new()


def test_an_empty_folder_and_a_missing_one_are_new(tmp_path: Path) -> None:
    kept(tmp_path).check_new()
    kept(tmp_path / "new").check_new()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder to make it in"):
        kept(tmp_path / "gone" / "new").check_new()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("x", "utf-8")
    with pytest.raises(UsageError, match="Not a directory"):
        kept(path).check_new()
    with pytest.raises(UsageError, match="no set of replications is kept there"):
        kept(path).resume()


def test_a_folder_without_a_set_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no set of replications is kept there .* --keep"):
        kept(tmp_path).resume()


@pytest.mark.parametrize("identity", [b"", b"{}", b"[1]", b"\xff", b'{"replication_set": 2}'])
def test_a_damaged_identity_is_one_message(identity: bytes, begun: Path) -> None:
    (begun / "set.json").write_bytes(identity)
    with pytest.raises(UsageError, match="no set of replications is kept there"):
        kept(begun).resume()


def test_another_seed_is_refused(begun: Path) -> None:
    with pytest.raises(UsageError, match="was played with seed 5, not 6"):
        kept(begun, seed=6).resume()


def test_other_overrides_are_refused(begun: Path) -> None:
    with pytest.raises(UsageError, match=r"with --set nothing, not processors\.count=3"):
        kept(begun, loaded_shop("processors.count=3")).resume()


def test_another_text_is_refused(begun: Path) -> None:
    with pytest.raises(UsageError, match="of another text of the scenario"):
        kept(begun, load_text(SHOP + "# more\n", name="shop")).resume()


def test_another_version_is_refused(begun: Path) -> None:
    identity = json.loads((begun / "set.json").read_bytes())
    (begun / "set.json").write_text(json.dumps(identity | {"version": "0.0.9"}), "utf-8")
    with pytest.raises(UsageError, match=r"by stocksim 0\.0\.9, this is "):
        kept(begun).resume()


def test_another_log_is_refused(tmp_path: Path) -> None:
    scenario = tmp_path / "past.yaml"
    scenario.write_text(REPLAY, "utf-8")
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    kept(tmp_path / "set", load_scenario(scenario)).begin()
    kept(tmp_path / "set", load_scenario(scenario)).resume()

    (tmp_path / "log.csv").write_text(LOG.replace(",5,", ",6,"), "utf-8")
    with pytest.raises(UsageError, match="of another log"):
        kept(tmp_path / "set", load_scenario(scenario)).resume()


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", document(3)[:-50], b"\xff\xfe"])
def test_a_damaged_result_is_one_message_with_a_cure(content: bytes, begun: Path) -> None:
    (begun / "replication-3.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"replication-3\.json: .*remove the file"):
        kept(begun).find(3)


def test_another_replications_result_is_refused(begun: Path) -> None:
    (begun / "replication-3.json").write_bytes(document(4))
    with pytest.raises(UsageError, match="the result of something else: remove the file"):
        kept(begun).find(3)


def test_a_result_that_cannot_be_kept_is_told(begun: Path) -> None:
    folder = kept(begun)
    (begun / "set.json").unlink()
    begun.rmdir()
    with pytest.raises(ReplicationFailed, match=r"replication-1\.json could not be written"):
        folder.save(1, b"{}")


def test_nothing_is_left_behind_when_a_write_fails(begun: Path) -> None:
    (begun / "replication-1.json").mkdir()
    with pytest.raises(ReplicationFailed):
        kept(begun).save(1, b"{}")
    assert {path.name for path in begun.iterdir()} == {"set.json", "replication-1.json"}
