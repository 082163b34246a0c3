"""Where paragraphs begin and end, compiled: the same as in ``language.words``, written as loops."""

from services.alerting.matcher.characters import BLANK, BREAK, NOTHING, PARAGRAPH_BREAK
from services.alerting.matcher.kernel.jit import jit


@jit
def find_paragraphs(kinds, size, starts, ends):
    """Write where the paragraphs begin and end; return their number. Blank lines part them; single breaks do not."""
    count, start, at = 0, 0, 0
    while at <= size:
        following = size if at == size else _after_separator(kinds, size, at)
        if following == at and at < size:
            at += 1
            continue
        end = at
        while end > start and _is_white(kinds[end - 1]):
            end -= 1
        if end > start:
            starts[count], ends[count] = start, end
            count += 1
        start = following
        at = following if at < size else size + 1
    return count


@jit
def _is_white(kind):
    return BLANK <= kind <= PARAGRAPH_BREAK


@jit
def _after_separator(kinds, size, at):
    """Where the separator of paragraphs that begins at ``at`` ends; ``at`` where none does."""
    end = at + 1
    if kinds[at] == PARAGRAPH_BREAK:
        while end < size and _is_white(kinds[end]):
            end += 1
        return end
    if kinds[at] != BREAK:
        return at
    lines = 1
    while end < size and (kinds[end] == BLANK or kinds[end] == NOTHING or kinds[end] == BREAK):
        lines += kinds[end] == BREAK
        end += 1
    return end if lines > 1 else at
