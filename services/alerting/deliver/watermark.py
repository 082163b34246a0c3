"""How far a partition is finished when its records end out of order. Pure."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Watermark:
    """The offset to commit: the first record that is not finished, or the one after the last that was read."""

    next_offset: int | None = None
    unfinished: set[int] = field(default_factory=set)

    def begin(self, offset: int) -> None:
        """A record was read."""
        self.unfinished.add(offset)
        self.next_offset = offset + 1

    def finish(self, offset: int) -> None:
        """A record needs no more work; KeyError where it was not begun or is finished already."""
        self.unfinished.remove(offset)

    def offset(self) -> int | None:
        """The offset to commit, None before the first record."""
        return min(self.unfinished, default=self.next_offset)
