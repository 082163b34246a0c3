"""Update the lock file of Kafka's jars: ``python deploy/kafka/lock.py``.

Change a version below first, and run the broker's tests afterwards.
"""

import hashlib
import tempfile
from pathlib import Path

from jgo.env import EnvironmentBuilder
from jgo.maven import MavenContext

from services.console.local.kafka_broker.jars import LOCK, Jar, lock_text

KAFKA, LOG4J = "4.3.1", "2.25.3"
# kafka-clients is listed explicitly: jgo 3.2 would otherwise take 3.9.1 from a list of versions,
# with which the broker does not start.
ARTIFACTS = (
    f"org.apache.kafka:kafka_2.13:{KAFKA}",
    f"org.apache.kafka:kafka-clients:{KAFKA}",
    f"org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J}",
    f"org.apache.logging.log4j:log4j-core:{LOG4J}",
)


def main() -> None:
    """Resolve, download and hash the jars, and write the lock file."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder) / "repository"
        builder = EnvironmentBuilder(
            context=MavenContext(repo_cache=repository), cache_dir=Path(folder) / "environment"
        )
        builder.from_endpoint("+".join(ARTIFACTS))
        LOCK.write_text(
            lock_text([_build_jar(path, repository) for path in repository.rglob("*.jar")]), "utf-8"
        )


def _build_jar(path: Path, repository: Path) -> Jar:
    *group, artifact, version, _file = path.relative_to(repository).parts
    return Jar(
        group=".".join(group),
        artifact=artifact,
        version=version,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


if __name__ == "__main__":
    main()
