"""Each file once: a simulated broker, two processes that crash and freeze anywhere, a real folder."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.fetcher.drop_box.marks import (
    add_marks,
    drop_marks,
    is_written,
    unwritten_entries,
)
from services.fetcher.drop_box.source_folder import DONE, ClaimedFile, SourceFolder
from services.fetcher.parsing.feed_entry import FeedEntry


def entries_of(content: str) -> list[FeedEntry]:
    """One entry for each letter; those of capitals are embargoed at first."""
    return [FeedEntry(key=letter, url=f"urn:{letter}") for letter in content]


@dataclass
class Broker:
    """Written articles and marks, changed together; only the newest owner's epoch may write."""

    epoch: int = 0
    marks: tuple[str, ...] = ()
    written: list[str] = field(default_factory=list)

    def commit(self, epoch: int, marks: tuple[str, ...], articles: list[str]) -> bool:
        if epoch != self.epoch:
            return False
        self.marks, self.written = marks, self.written + articles
        return True


@dataclass
class Process:
    """A process that owns the source, or believes so: what it knows between two steps."""

    epoch: int
    marks: tuple[str, ...]
    reading: tuple[ClaimedFile, list[FeedEntry], bool] | None = None
    finishing: ClaimedFile | None = None


class DropBoxOnce(RuleBasedStateMachine):
    """Files are dropped, under names that repeat; processes take single steps, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.folder, self.broker = SourceFolder(self.root), Broker()
        self.contents = list[str]()
        self.embargo_is_over = False
        self.processes = list[Process]()
        self.start()

    def teardown(self) -> None:
        """Run one healthy process to the end: then everything was published once."""
        self.embargo_is_over = True
        self.start()
        last = self.processes[-1]
        for _ in range(4 * len(self.contents) + 8):
            self.claim_all(last)
            self.read(last)
            self.write(last)
            self.finish(last)
        assert sorted(self.broker.written) == sorted(
            f"{number}{letter}"
            for number, content in enumerate(self.contents)
            for letter in content
        )
        done = self.root / DONE
        assert len(list(done.iterdir()) if done.exists() else ()) == len(self.contents)
        shutil.rmtree(self.root)

    @rule()
    def start(self) -> None:
        """Start a process, or give the partition to another: the previous owner is fenced."""
        self.broker.epoch += 1
        self.processes.append(Process(self.broker.epoch, self.broker.marks))

    @rule(name=st.sampled_from("ab"), content=st.text("xyZ", min_size=1, max_size=3))
    def drop(self, name: str, content: str) -> None:
        """Drop a file; one of the same name that was not claimed yet is waited for."""
        if not (self.root / name).exists():
            unique = "".join(dict.fromkeys(content))
            (self.root / name).write_text(f"{len(self.contents)} {unique}")
            self.contents.append(unique)

    @rule(is_owner=st.sampled_from([True, True, False]), last=st.sampled_from([4, 3, 3, 2]))
    def work(self, is_owner: bool, last: int) -> None:
        """Take the first steps; to stop early is to crash, or to freeze and go on later."""
        for step in (self.claim_all, self.read, self.write, self.finish)[:last]:
            step(self.processes[-1 if is_owner else 0])

    @rule(number=st.integers(0, 5), step=st.sampled_from(["read", "write", "finish"]))
    def go_on(self, number: int, step: str) -> None:
        """Let a frozen process take its next step, whoever owns the partition now."""
        getattr(self, step)(self.processes[number % len(self.processes)])

    def claim_all(self, _process: Process) -> None:
        """Anyone may claim, also a process that has lost the partition."""
        for listed in self.folder.list_files():
            self.folder.claim(listed.name)

    @rule()
    def lift_embargo(self) -> None:
        self.embargo_is_over = True

    def read(self, process: Process) -> None:
        """Move what is marked, and read the first file that is not."""
        for file in self.folder.list_claimed():
            if is_written(process.marks, file.token):
                self.folder.put_away(file, DONE)
            elif process.reading is None:
                try:
                    content = self.folder.read(file, 100).decode()
                except FileNotFoundError:
                    continue
                number, _, letters = content.partition(" ")
                entries = unwritten_entries(process.marks, file.token, entries_of(letters))
                ready = [e for e in entries if self.embargo_is_over or e.key.islower()]
                articles = [FeedEntry(key=e.key, url=number + e.key) for e in ready]
                if ready or not entries:
                    process.reading = (file, articles, len(ready) == len(entries))

    def write(self, process: Process) -> None:
        """Write what was read, with its marks."""
        if process.reading is None:
            return
        file, articles, is_whole = process.reading
        process.reading = None
        claimed = {each.token for each in self.folder.list_claimed()}
        marks = drop_marks(process.marks, claimed)
        marks = add_marks(marks, file.token, articles, is_whole=is_whole)
        if self.broker.commit(process.epoch, marks, [each.url for each in articles]):
            process.marks = marks
            process.finishing = file if is_whole else process.finishing

    def finish(self, process: Process) -> None:
        """Move the file that was written; a crash is a process that takes no step any more."""
        if process.finishing is not None:
            self.folder.put_away(process.finishing, DONE)
            process.finishing = None

    @invariant()
    def nothing_is_written_twice(self) -> None:
        assert len(set(self.broker.written)) == len(self.broker.written)


TestDropBoxOnce = DropBoxOnce.TestCase
TestDropBoxOnce.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
