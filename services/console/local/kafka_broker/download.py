"""Download the jars that are missing, through jgo, once; later starts need no network."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Protocol

from services.console.local.kafka_broker.jars import Jar, unusable_jars
from services.console.local.kafka_broker.process import exclusive_lock
from shared.base.exits import ConfigurationError

PARALLEL_DOWNLOADS: Final = 8


class Repository(Protocol):
    """A source of jars; raises OSError or RuntimeError if it cannot provide one."""

    def fetch(self, jar: Jar, folder: Path) -> Path:
        """Put the jar's file somewhere below ``folder``, and return its path."""


class Maven:
    """The Maven repository through jgo; no dependency is resolved, the lock names every jar."""

    def fetch(self, jar: Jar, folder: Path) -> Path:
        """Download one jar."""
        try:
            from jgo.maven import MavenContext  # noqa: PLC0415 - optional, half a second
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
    """Ensure that ``folder`` has every jar of the lock, checked by its SHA-256.

    ConfigurationError says what is missing and how to get it.
    """
    if not unusable_jars(jars, folder):
        return
    _make_writable(folder)
    with exclusive_lock(folder / ".lock", "another start is downloading the same jars"):
        missing = unusable_jars(jars, folder)
        if missing:
            say(
                f"downloading {len(missing)} of Kafka's {len(jars)} jars (45 MB in all), once, "
                f"into {folder}"
            )
            _fetch_all(missing, folder, repository)


def _fetch_all(missing: Sequence[Jar], folder: Path, repository: Repository) -> None:
    incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=folder))
    try:
        with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
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
        raise ConfigurationError(_failure_message(jar, folder, error)) from error
    if hashlib.sha256(content).hexdigest() != jar.sha256:
        raise ConfigurationError(
            f"{jar.file}: what was downloaded is not what the lock names (sha256); "
            "try again, or check the proxy between"
        )
    whole = incoming / jar.file
    whole.write_bytes(content)
    whole.replace(folder / jar.file)


def _failure_message(jar: Jar, folder: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return (
        f"{jar.file} is not in {folder} and could not be downloaded ({reason}): "
        "give this machine network access once, "
        f"or copy a filled {folder.name}/ folder from another one"
    )


def _make_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"{folder}: the place for Kafka's jars cannot be written: {error.strerror}; "
            "set SUMMITWIRE_HOME or change its permissions"
        ) from error
