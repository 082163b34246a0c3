"""``summitwire dlq``: dead letters by fingerprint; look at them, and after a repair put them back once."""

import asyncio
import fnmatch
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import orjson
import typer
from aiokafka import AIOKafkaProducer

from services.console.topics.tail import as_json
from services.console.topics.topic_reader import iter_retained
from shared.base import settings
from shared.base.log import get
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import Topic, dead_letter_sources
from shared.kafka.transaction import Unwritable, Write, commit
from shared.messages import headers
from shared.stream.dead_letters import CUT, HOLDS, PREFIX

log = get(__name__)

app = typer.Typer(
    help="List, show and redrive dead letters: records that could not be processed.",
    no_args_is_help=True,
)

REDRIVEN: Final = "redriven-offset"
BATCH: Final = 100
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
Filter = Annotated[
    str,
    typer.Option(
        "--filter",
        help="Only fingerprints, topics, stages or error classes that match this pattern, e.g. 'articles.raw*'.",
    ),
]


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter: the topic it fell out of, the record, and its headers as text."""

    source: Topic
    record: Any
    told: dict[str, str]

    def field(self, name: str) -> str:
        """One of the ``err.`` headers."""
        return self.told.get(PREFIX + name, "")

    @property
    def is_whole(self) -> bool:
        """Whether it holds the record: not the bytes of one that nobody can read, and nothing was cut off."""
        return not self.field(HOLDS) and not self.field(CUT)

    def remains(self) -> str:
        """What it holds in place of the record."""
        return (
            f"the bytes of a {self.field(HOLDS)} that nobody can read"
            if self.field(HOLDS)
            else f"cut, it was {self.field(CUT)}"
        )

    def matches(self, pattern: str) -> bool:
        """Whether any of what people filter by matches."""
        return any(
            fnmatch.fnmatch(value, pattern)
            for value in (
                self.field("fingerprint"),
                self.source.name,
                self.field("stage"),
                self.field("class"),
            )
        )


@app.command("list", epilog="Example: summitwire dlq list --filter 'articles.*'")
def list_(filter_: Filter = "*", json_: Json = False) -> None:
    """How many dead letters there are of each kind, the most frequent first; those already redriven are left out."""
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
        typer.echo(
            orjson.dumps(row)
            if json_
            else f"{fingerprint}  {count:6}  {topic} at {stage}: {message}"
        )


@app.command(epilog="Example: summitwire dlq show --filter 3fa9c1b2d4e5 --json")
def show(filter_: Filter = "*", json_: Json = False) -> None:
    """Every dead letter with its reason and its record."""
    for letter in asyncio.run(collect(_cluster(), filter_)):
        if json_:
            typer.echo(
                orjson.dumps({"topic": letter.source.name} | as_json(letter.record) | _raw(letter))
            )
            continue
        where = f"{letter.source.name}[{letter.field('partition')}] offset {letter.field('offset')}"
        typer.echo(
            f"{letter.field('fingerprint')}  {where} at {letter.field('stage')}: {letter.field('class')}: {letter.field('message')}"
        )
        if not letter.is_whole:
            typer.echo(f"    cannot be redriven: {letter.remains()}")
        typer.echo(f"    {(letter.record.value or b'')[:200]!r}")


@app.command(epilog="Example: summitwire dlq redrive --filter 'articles.raw*' --dry-run")
def redrive(
    filter_: Filter = "*",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be put back.")] = False,
) -> None:
    """Put dead letters back on the topics they fell out of, each exactly once, however often this runs.

    What was put back and fails again becomes a new dead letter with one attempt more. With a filter, letters that do not match stay.
    So do those that hold no whole record. The name of a header that was not UTF-8 goes back as it is shown, with \\xff for such a byte.
    """
    cluster = _cluster()
    letters = asyncio.run(collect(cluster, filter_))
    stay = [letter for letter in letters if not letter.is_whole]
    count = len(letters) - len(stay) if dry_run else asyncio.run(put_back(cluster, filter_))
    typer.echo(
        f"{count} dead letter{'' if count == 1 else 's'} {'would be' if dry_run else 'were'} put back"
    )
    if stay:
        typer.echo(
            f"{len(stay)} cannot be: {stay[0].remains()}; `summitwire dlq show --json` has it in base64",
            err=True,
        )


def _raw(letter: Letter) -> dict[str, str]:
    """The bytes of what is no text, for those who want to look into them."""
    return (
        {} if letter.is_whole else {"value_base64": b64encode(letter.record.value or b"").decode()}
    )


def _cluster() -> Cluster:
    return Cluster(settings.load(settings.KafkaSettings))


async def collect(cluster: Cluster, pattern: str) -> list[Letter]:
    """Every dead letter that has not been put back and matches the pattern."""
    return [
        letter
        for source in dead_letter_sources()
        for letter in await _letters(cluster, source)
        if letter.matches(pattern)
    ]


async def _letters(cluster: Cluster, source: Topic) -> list[Letter]:
    """The topic's dead letters that have not been put back; a mark in the same topic says which have."""
    letters = [
        Letter(source, record, headers.decode_headers(record.headers))
        async for record in iter_retained(cluster, source.dead_letters)
    ]
    put_back = {letter.told[REDRIVEN] for letter in letters if REDRIVEN in letter.told}
    return [
        letter
        for letter in letters
        if REDRIVEN not in letter.told and str(letter.record.offset) not in put_back
    ]


async def put_back(cluster: Cluster, pattern: str) -> int:
    """Put what matches and is whole back where it came from, each letter with a mark in one transaction; how many went back."""
    await partition_counts(
        cluster
    )  # says where no broker answers, which a producer's start would not
    producer = cluster.transactional_producer("console/dlq")
    await (
        producer.start()
    )  # fences another redrive: what is read below is what it left, so nothing goes back twice
    try:
        letters = [letter for letter in await collect(cluster, pattern) if letter.is_whole]
        batches = [letters[start : start + BATCH] for start in range(0, len(letters), BATCH)]
        return sum([await _put_back(cluster, producer, batch) for batch in batches])
    finally:
        await producer.stop()


async def _put_back(cluster: Cluster, producer: AIOKafkaProducer, letters: Sequence[Letter]) -> int:
    """Put these back, all together or else one by one: what the topic refuses, a record that came compressed for one, stays."""
    try:
        await commit(
            producer, [write for letter in letters for write in _writes(cluster, letter)], {}, ""
        )
    except Unwritable as why:
        if len(letters) > 1:
            return sum([await _put_back(cluster, producer, [letter]) for letter in letters])
        log.warning(
            "not put back",
            topic=letters[0].source.name,
            offset=letters[0].field("offset"),
            because=str(why.__cause__ or why),
        )
        return 0
    return len(letters)


def _writes(cluster: Cluster, letter: Letter) -> list[Write]:
    """The record as it was, and beside it, in the same transaction, the mark that it was put back."""
    kept = [
        (name, value or b"") for name, value in letter.record.headers if not name.startswith(PREFIX)
    ]
    attempts = (PREFIX + "attempts", letter.field("attempts").encode())
    mark = (REDRIVEN, str(letter.record.offset).encode())
    where = (
        int(letter.field("partition")) if letter.record.key is None else None
    )  # partitions may have been added since
    return [
        Write(
            cluster.name(letter.source.name),
            letter.record.key,
            letter.record.value,
            [*kept, attempts],
            where,
        ),
        Write(cluster.name(letter.source.dead_letters), letter.record.key, None, [mark], 0),
    ]
