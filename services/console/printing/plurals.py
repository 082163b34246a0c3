"""Numbers with their nouns: 1 error, 2 errors."""


def count_of(count: int, noun: str, *, plural: str | None = None) -> str:
    """Return the number and the noun, in the plural (by default with an s) unless it is one."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
