"""A cluster that requires a password: errors say what to check, and never contain the password."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.console.local import kafka_broker
from services.console.local.kafka_broker import broker, jars, process
from services.console.local.kafka_broker.configuration import HOST, java_command, server_properties
from tests.cli import CommandResult, run_forked
from tests.ports import free_port

USER, PASSWORD, WRONG = "wire", "s3cret-of-the-desk", "s3cret-of-nobody"
JAAS = (
    "org.apache.kafka.common.security.plain.PlainLoginModule required "
    f'username="{USER}" password="{PASSWORD}" user_{USER}="{PASSWORD}";'
)


def secured(port: int, controller: int) -> str:
    """Return the local broker's properties with SASL/PLAIN on its listener."""
    plain = (
        server_properties(port, controller)
        .replace("=PLAINTEXT://", "=SASL_PLAINTEXT://")
        .replace("name=PLAINTEXT\n", "name=SASL_PLAINTEXT\n")
    )
    return plain + (
        "listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT\n"
        "sasl.enabled.mechanisms=PLAIN\nsasl.mechanism.inter.broker.protocol=PLAIN\n"
        f"listener.name.sasl_plaintext.plain.sasl.jaas.config={JAAS}\n"
    )


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield a broker that requires a password; a start without one formats its folder."""
    folder, port = tmp_path_factory.mktemp("sasl"), free_port()
    kafka_broker.start(folder, port, owned=True)
    voters = next(
        line
        for line in (folder / "server.properties").read_text().splitlines()
        if line.startswith("controller.quorum.voters")
    )
    kafka_broker.stop(folder)
    (folder / "server.properties").write_text(secured(port, int(voters.rpartition(":")[2])))
    command = java_command(
        broker.find_java(),
        jars.classpath(jars.load_lock(), broker.jars_folder()),
        "kafka.Kafka",
        "server.properties",
    )
    child = process.spawn(command, folder, folder / "sasl.log", owned=True)
    yield f"{HOST}:{port}"
    process.end(child.pid, 20)


def run(bootstrap: str, command: str, password: Path, **more: str) -> CommandResult:
    """Run a command on that cluster, with the password in a file."""
    told = {
        "KAFKA_BOOTSTRAP": bootstrap,
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_SASL_USERNAME": USER,
    }
    told |= {"KAFKA_SASL_PASSWORD_FILE": str(password), "KAFKA_CONNECT_TIMEOUT_S": "60"}
    return run_forked(*command.split(), environment=told | more)


def test_who_knows_the_password_gets_in_and_who_does_not_is_told(
    bootstrap: str, tmp_path: Path
) -> None:
    """Commands work through SASL; a wrong password ends them at once with 78 and one line."""
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text(PASSWORD + "\n")
    wrong.write_text(WRONG)
    created = run(bootstrap, "topics create", right)
    assert created.code == 0, created.err
    assert run(bootstrap, "topics check", right).code == 0
    for command in ("topics check", "run tagger", "tail alerts.v1"):
        refused = run(bootstrap, command, wrong, HTTP_PORT=str(free_port()))
        assert refused.code == 78, refused.err
        (line,) = refused.err.splitlines()
        assert line.startswith(f"summitwire: the Kafka cluster at {bootstrap} refused us")
        assert "check KAFKA_SECURITY_PROTOCOL" in line
        assert WRONG not in refused.out + refused.err
        assert PASSWORD not in refused.out + refused.err
