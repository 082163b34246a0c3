"""How far a partition is finished when its records finish out of order. Pure."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Watermark:
    """The offset to commit: the first unfinished record, or the one after the last one read."""

    next_offset: int | None = None
    unfinished: set[int] = field(default_factory=set)

    def begin(self, offset: int) -> None:
        """Note that a record was read."""
        self.unfinished.add(offset)
        self.next_offset = offset + 1

    def finish(self, offset: int) -> None:
        """Note that a record is finished. KeyError if it was not begun, or is finished already."""
        self.unfinished.remove(offset)

    @property
    def span(self) -> int:
        """How many offsets lie between the first unfinished record and the next one to read."""
        return (self.next_offset or 0) - min(self.unfinished, default=self.next_offset or 0)

    def offset(self) -> int | None:
        """Return the offset to commit; None before the first record."""
        return min(self.unfinished, default=self.next_offset)
