"""Fetches the jars that are missing, through jgo, once; afterwards no start touches the network."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Protocol

from services.console.local.kafka_broker.jars import Jar, unusable_jars
from services.console.local.kafka_broker.process import exclusive_lock
from shared.base.settings import ConfigurationError

AT_ONCE: Final = 8


class Repository(Protocol):
    """Where jars come from. Raises OSError or RuntimeError where it cannot give one."""

    def fetch(self, jar: Jar, folder: Path) -> Path:
        """Put the jar's file somewhere below ``folder`` and say where."""


class Maven:
    """The Maven repository that jgo knows; only what the lock names is asked for, nothing is resolved."""

    def fetch(self, jar: Jar, folder: Path) -> Path:
        """Download one jar."""
        try:
            from jgo.maven import MavenContext  # noqa: PLC0415 - optional, and half a second that only a first start should pay
        except ImportError:
            raise RuntimeError(
                "the package jgo is not installed: pip install 'summitwire[broker]'"
            ) from None

        artifact = (
            MavenContext(repo_cache=folder)
            .project(jar.group, jar.artifact)
            .at_version(jar.version)
            .artifact()
        )
        return Path(artifact.resolve())


def ensure(
    jars: Sequence[Jar], folder: Path, repository: Repository, say: Callable[[str], None]
) -> None:
    """Have every jar of the lock in ``folder``, checked against its sha256; ConfigurationError says what is missing and where it is looked for."""
    if not unusable_jars(jars, folder):
        return
    _writable(folder)
    with exclusive_lock(folder / ".lock", "another start is downloading the same jars"):
        missing = unusable_jars(jars, folder)
        if missing:
            say(
                f"downloading {len(missing)} of Kafka's {len(jars)} jars (45 MB in all), once, into {folder}"
            )
            _fetch_all(missing, folder, repository)


def _fetch_all(missing: Sequence[Jar], folder: Path, repository: Repository) -> None:
    incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=folder))
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            tasks = [pool.submit(_fetch, jar, incoming, folder, repository) for jar in missing]
            try:
                for task in tasks:
                    task.result()
            finally:
                pool.shutdown(cancel_futures=True)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _fetch(jar: Jar, incoming: Path, folder: Path, repository: Repository) -> None:
    try:
        content = repository.fetch(jar, incoming).read_bytes()
    except (OSError, RuntimeError) as error:
        raise ConfigurationError(_failed(jar, folder, error)) from error
    if hashlib.sha256(content).hexdigest() != jar.sha256:
        raise ConfigurationError(
            f"{jar.file}: what was downloaded is not what the lock names (sha256); try again, or check the proxy between"
        )
    whole = incoming / jar.file
    whole.write_bytes(content)
    whole.replace(folder / jar.file)


def _failed(jar: Jar, folder: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return (
        f"{jar.file} is not in {folder} and could not be downloaded ({reason}): "
        f"give this machine network access once, or copy a filled {folder.name}/ folder from another one"
    )


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"{folder}: the place for Kafka's jars cannot be written: {error.strerror}; set SUMMITWIRE_HOME or its rights"
        ) from error
