"""Signatures of releases, made and checked by OpenSSH (ssh-keygen -Y, PROTOCOL.sshsig)."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from edge_pose.errors import ConfigError

NAMESPACE = "edge-pose"
"""What a signature is for: one that this key made for something else is refused."""

_SIGNER = "release"
_TIMEOUT_S = 120.0


def check_signature(file: Path, signature: Path, key: str) -> None:
    """Raises ConfigError unless ``signature`` is that of ``key`` (one public line) on the file."""
    if not key:
        raise ConfigError(
            "no key in the config: set update.key to the public key that signs releases"
        )
    if not signature.is_file():
        raise ConfigError(
            f"{signature.name} is missing: sign with ssh-keygen -Y sign -f KEY -n {NAMESPACE} "
            f"{file.name}, and put both files side by side"
        )
    with tempfile.NamedTemporaryFile("w", suffix=".signers") as signers:
        signers.write(f'{_SIGNER} namespaces="{NAMESPACE}" {key}\n')
        signers.flush()
        _verify(file, signature, Path(signers.name))


def _verify(file: Path, signature: Path, signers: Path) -> None:
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", _SIGNER,
               "-n", NAMESPACE, "-s", str(signature)]  # fmt: skip
    try:
        with file.open("rb") as content:
            done = subprocess.run(
                command, stdin=content, capture_output=True, timeout=_TIMEOUT_S, check=False
            )
    except FileNotFoundError as error:
        raise ConfigError("ssh-keygen is missing: apt-get install openssh-client") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"{file}: its signature cannot be checked ({error})") from error
    if done.returncode != 0:
        raise ConfigError(
            f"{file.name}: the signature is not that of update.key; nothing was changed"
        )
