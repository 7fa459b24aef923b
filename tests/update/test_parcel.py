"""What comes in from outside is taken only when the maker's key signed this very thing."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from edge_pose.errors import ConfigError
from edge_pose.update.parcel import SUMS, check_files, receive
from edge_pose.update.signature import check_signature

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs openssh-client")


class Maker:
    """Who signs releases."""

    def __init__(self, folder: Path) -> None:
        self._secret = folder / "key"
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._secret)], check=True
        )
        self.key = self._secret.with_suffix(".pub").read_text().strip()

    def sign(self, file: Path, namespace: str = "edge-pose") -> Path:
        command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(self._secret), "-n", namespace]
        subprocess.run([*command, str(file)], check=True, capture_output=True)
        return file.with_name(f"{file.name}.sig")


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return Maker(tmp_path_factory.mktemp("maker"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return Maker(tmp_path_factory.mktemp("stranger"))


def payload(folder: Path) -> Path:
    (folder / "wheels").mkdir(parents=True)
    (folder / "release.json").write_text('{"version": "0.2.0"}')
    (folder / "wheels/a.whl").write_bytes(b"a wheel")
    names = ["release.json", "wheels/a.whl"]
    sums = [f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}" for n in names]
    (folder / SUMS).write_text("\n".join(sums) + "\n")
    return folder


def test_a_folder_that_the_maker_signed_is_taken_to_a_place_of_its_own(
    maker: Maker, tmp_path: Path
) -> None:
    source = payload(tmp_path / "stick")
    maker.sign(source / SUMS)
    (tmp_path / "place").mkdir()
    parcel = receive(source, maker.key, tmp_path / "place")
    assert parcel.package is None
    shutil.rmtree(source)
    assert (parcel.payload / "wheels/a.whl").read_bytes() == b"a wheel"


@pytest.mark.parametrize("attack", ["changed", "added", "removed", "linked"])
def test_a_signed_folder_whose_files_are_not_those_is_refused(
    attack: str, maker: Maker, tmp_path: Path
) -> None:
    source = payload(tmp_path / "stick")
    maker.sign(source / SUMS)
    wheel = source / "wheels/a.whl"
    match attack:
        case "changed":
            wheel.write_bytes(b"A wheel")
        case "added":
            (source / "wheels/b.whl").write_bytes(b"another")
        case "removed":
            wheel.unlink()
        case "linked":
            (tmp_path / "same").write_bytes(wheel.read_bytes())
            wheel.unlink()
            wheel.symlink_to(tmp_path / "same")
    (tmp_path / "place").mkdir()
    with pytest.raises(ConfigError, match=r"a\.whl|b\.whl"):
        receive(source, maker.key, tmp_path / "place")


def test_only_this_key_for_this_purpose_counts(
    maker: Maker, stranger: Maker, tmp_path: Path
) -> None:
    file = tmp_path / "edge-pose.deb"
    file.write_bytes(b"a package")
    with pytest.raises(ConfigError, match=r"set update.key"):
        check_signature(file, tmp_path / "none.sig", "")
    with pytest.raises(ConfigError, match=r"ssh-keygen -Y sign"):
        check_signature(file, tmp_path / "none.sig", maker.key)
    with pytest.raises(ConfigError, match=r"not that of update.key"):
        check_signature(file, stranger.sign(file), maker.key)
    (tmp_path / "edge-pose.deb.sig").unlink()
    with pytest.raises(ConfigError, match=r"not that of update.key"):
        check_signature(file, maker.sign(file, "git"), maker.key)
    (tmp_path / "edge-pose.deb.sig").unlink()
    signature = maker.sign(file)
    check_signature(file, signature, maker.key)
    file.write_bytes(b"a Package")
    with pytest.raises(ConfigError, match="nothing was changed"):
        check_signature(file, signature, maker.key)


def test_a_signed_file_that_is_no_package_of_ours_is_refused(maker: Maker, tmp_path: Path) -> None:
    file = tmp_path / "other.deb"
    file.write_bytes(b"no package at all")
    maker.sign(file)
    (tmp_path / "place").mkdir()
    with pytest.raises(ConfigError, match=r"no package of edge-pose|cannot be unpacked"):
        receive(file, maker.key, tmp_path / "place")
    with pytest.raises(ConfigError, match="neither"):
        receive(tmp_path / "release.zip", maker.key, tmp_path / "place")


def test_a_list_that_cannot_be_read_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"pack.sh"):
        check_files(tmp_path)
