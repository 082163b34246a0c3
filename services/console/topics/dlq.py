"""``summitwire dlq``: list, show and redrive dead letters."""

import asyncio
import fnmatch
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer
from aiokafka import AIOKafkaProducer

from services.console.options import JsonLines
from services.console.printing.json_lines import json_line
from services.console.topics.tail import as_json
from services.console.topics.topic_reader import iter_retained
from shared.base import settings
from shared.base.log import get
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import Topic, dead_letter_sources
from shared.kafka.transaction import Unwritable, Write, commit
from shared.messages.headers import decode_headers
from shared.stream.dead_letters import CUT, HOLDS, PREFIX

log = get(__name__)

app = typer.Typer(
    help="List, show and redrive dead letters: records that could not be processed.",
    no_args_is_help=True,
)

REDRIVEN: Final = "redriven-offset"
"""Header of a marker in a dead-letter topic: the letter at this offset has been redriven."""
BATCH: Final = 100
_SHOWN_BYTES: Final = 200
Filter = Annotated[
    str,
    typer.Option(
        "--filter",
        help="Only fingerprints, topics, stages or error classes that match this pattern, "
        "e.g. 'articles.raw*'.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be put back.")]


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter: the topic that its record comes from, the record, its headers as text."""

    source: Topic
    record: Any
    headers: dict[str, str]

    def field(self, name: str) -> str:
        """Return one of the ``err.`` headers."""
        return self.headers.get(PREFIX + name, "")

    @property
    def is_whole(self) -> bool:
        """Whether it holds the whole record: readable, and not cut for its size."""
        return not self.field(HOLDS) and not self.field(CUT)

    def defect(self) -> str:
        """Return what it holds instead of the whole record."""
        if self.field(HOLDS):
            return f"the bytes of a {self.field(HOLDS)} that cannot be read"
        return f"cut, it was {self.field(CUT)}"

    def matches(self, pattern: str) -> bool:
        """Return whether fingerprint, topic, stage or error class match the pattern."""
        names = [self.field(name) for name in ("fingerprint", "stage", "class")]
        return any(fnmatch.fnmatch(name, pattern) for name in (*names, self.source.name))


@app.command("list", epilog="Example: summitwire dlq list --filter 'articles.*'")
def list_(filter_: Filter = "*", json_: JsonLines = False) -> None:
    """Count the dead letters of each kind, the most frequent kind first.

    Dead letters that have been redriven are left out.
    """
    letters = asyncio.run(collect(_cluster(), filter_))
    kinds = Counter(
        (
            letter.field("fingerprint"),
            letter.source.name,
            letter.field("stage"),
            letter.field("message"),
        )
        for letter in letters
    )
    for (fingerprint, topic, stage, message), count in kinds.most_common():
        row = {
            "fingerprint": fingerprint,
            "count": count,
            "topic": topic,
            "stage": stage,
            "message": message,
        }
        text = f"{fingerprint}  {count:6}  {topic} at {stage}: {message}"
        typer.echo(json_line(row) if json_ else text)


@app.command(epilog="Example: summitwire dlq show --filter 3fa9c1b2d4e5 --json")
def show(filter_: Filter = "*", json_: JsonLines = False) -> None:
    """Show every dead letter with its reason and its record."""
    for letter in asyncio.run(collect(_cluster(), filter_)):
        if json_:
            line = {"topic": letter.source.name} | as_json(letter.record) | _raw_value(letter)
            typer.echo(json_line(line))
            continue
        where = f"{letter.source.name}[{letter.field('partition')}] offset {letter.field('offset')}"
        reason = f"{letter.field('class')}: {letter.field('message')}"
        typer.echo(f"{letter.field('fingerprint')}  {where} at {letter.field('stage')}: {reason}")
        if not letter.is_whole:
            typer.echo(f"    cannot be redriven: {letter.defect()}")
        typer.echo(f"    {(letter.record.value or b'')[:_SHOWN_BYTES]!r}")


@app.command(epilog="Example: summitwire dlq redrive --filter 'articles.raw*' --dry-run")
def redrive(filter_: Filter = "*", dry_run: DryRun = False) -> None:
    """Put dead letters back on the topics that they come from, each exactly once.

    Running it again puts nothing back twice. A record that fails again becomes a new dead letter
    with one attempt more. Letters that do not match the filter stay, and so do letters that do not
    hold the whole record. A header name that was not UTF-8 is put back as it is shown, with \\xff
    for such a byte.
    """
    cluster = _cluster()
    letters = asyncio.run(collect(cluster, filter_))
    broken = [letter for letter in letters if not letter.is_whole]
    count = len(letters) - len(broken) if dry_run else asyncio.run(put_back(cluster, filter_))
    verb = "would be" if dry_run else "were"
    typer.echo(f"{count} dead letter{'' if count == 1 else 's'} {verb} put back")
    if broken:
        hint = "`summitwire dlq show --json` has it in base64"
        typer.echo(f"{len(broken)} cannot be: {broken[0].defect()}; {hint}", err=True)


async def collect(cluster: Cluster, pattern: str) -> list[Letter]:
    """Return every dead letter that matches the pattern and has not been redriven."""
    return [
        letter
        for source in dead_letter_sources()
        for letter in await _load_letters(cluster, source)
        if letter.matches(pattern)
    ]


async def put_back(cluster: Cluster, pattern: str) -> int:
    """Put matching, whole dead letters back, each with its marker in one transaction.

    Return how many were put back.
    """
    await partition_counts(cluster)  # says if no broker answers; a producer's start would not
    producer = cluster.transactional_producer("console/dlq")
    # Fences another redrive: what is read below is final, so that nothing goes back twice.
    await producer.start()
    try:
        letters = [letter for letter in await collect(cluster, pattern) if letter.is_whole]
        batches = [letters[start : start + BATCH] for start in range(0, len(letters), BATCH)]
        return sum([await _put_back(cluster, producer, batch) for batch in batches])
    finally:
        await producer.stop()


def _cluster() -> Cluster:
    return Cluster(settings.load(settings.KafkaSettings))


def _raw_value(letter: Letter) -> dict[str, str]:
    """Return the bytes of a letter that is not whole, for those who want to examine them."""
    if letter.is_whole:
        return {}
    return {"value_base64": b64encode(letter.record.value or b"").decode()}


async def _load_letters(cluster: Cluster, source: Topic) -> list[Letter]:
    """Return the topic's dead letters; a marker in the same topic says which were redriven."""
    letters = [
        Letter(source, record, decode_headers(record.headers))
        async for record in iter_retained(cluster, source.dead_letters)
    ]
    redriven = {letter.headers[REDRIVEN] for letter in letters if REDRIVEN in letter.headers}
    return [
        letter
        for letter in letters
        if REDRIVEN not in letter.headers and str(letter.record.offset) not in redriven
    ]


async def _put_back(cluster: Cluster, producer: AIOKafkaProducer, letters: Sequence[Letter]) -> int:
    """Put the letters back together, or one by one if the topic refuses one of them.

    That one stays. It may have been small enough only because it came compressed.
    """
    writes = [write for letter in letters for write in _writes(cluster, letter)]
    try:
        await commit(producer, writes, {}, "")
    except Unwritable as error:
        if len(letters) > 1:
            return sum([await _put_back(cluster, producer, [letter]) for letter in letters])
        log.warning(
            "dead letter not put back",
            topic=letters[0].source.name,
            offset=letters[0].field("offset"),
            because=str(error.__cause__ or error),
        )
        return 0
    return len(letters)


def _writes(cluster: Cluster, letter: Letter) -> list[Write]:
    """Return the original record and, for the same transaction, the marker that it was redriven."""
    record, source = letter.record, letter.source
    headers = [
        (name, value or b"") for name, value in record.headers if not name.startswith(PREFIX)
    ]
    headers.append((PREFIX + "attempts", letter.field("attempts").encode()))
    marker = (REDRIVEN, str(record.offset).encode())
    # With a key, the key decides: partitions may have been added since.
    partition = int(letter.field("partition")) if record.key is None else None
    return [
        Write(cluster.name(source.name), record.key, record.value, headers, partition),
        Write(cluster.name(source.dead_letters), record.key, None, [marker], 0),
    ]
