"""Write the lock of Kafka's jars anew: run it with a new version below, then run the broker's tests.

python deploy/kafka/lock.py
"""

import hashlib
import tempfile
from pathlib import Path

from jgo.env import EnvironmentBuilder
from jgo.maven import MavenContext

from services.console.local.kafka_broker.jars import LOCK, Jar, lock_text

KAFKA, LOG4J = "4.3.1", "2.25.3"
# kafka-clients is named beside the broker: jgo 3.2 otherwise takes its 3.9.1 from a list of versions and the broker dies at start
WANTED = (
    f"org.apache.kafka:kafka_2.13:{KAFKA}",
    f"org.apache.kafka:kafka-clients:{KAFKA}",
    f"org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J}",
    f"org.apache.logging.log4j:log4j-core:{LOG4J}",
)


def main() -> None:
    """Resolve, download, hash, write."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder) / "repository"
        builder = EnvironmentBuilder(
            context=MavenContext(repo_cache=repository), cache_dir=Path(folder) / "environment"
        )
        builder.from_endpoint("+".join(WANTED))
        LOCK.write_text(
            lock_text([_jar(path, repository) for path in repository.rglob("*.jar")]), "utf-8"
        )


def _jar(path: Path, repository: Path) -> Jar:
    *group, artifact, version, _file = path.relative_to(repository).parts
    return Jar(
        group=".".join(group),
        artifact=artifact,
        version=version,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


if __name__ == "__main__":
    main()
