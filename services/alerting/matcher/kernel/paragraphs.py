"""Where paragraphs begin and end, compiled: the loops of what ``shared.text.words`` does."""

from services.alerting.matcher.characters import BLANK, BREAK, NOTHING, PARAGRAPH_BREAK
from services.alerting.matcher.kernel.jit import jit


@jit
def find_paragraphs(kinds, size, starts, ends):
    """Write where the paragraphs begin and end; return their number.

    Blank lines separate them; single line breaks do not.
    """
    count, start, position = 0, 0, 0
    while position <= size:
        following = size if position == size else _after_separator(kinds, size, position)
        if following == position and position < size:
            position += 1
            continue
        end = position
        while end > start and _is_white(kinds[end - 1]):
            end -= 1
        if end > start:
            starts[count], ends[count] = start, end
            count += 1
        start = following
        position = following if position < size else size + 1
    return count


@jit
def _is_white(kind):
    return BLANK <= kind <= PARAGRAPH_BREAK


@jit
def _after_separator(kinds, size, start):
    """Return where the separator that begins at ``start`` ends, ``start`` if none does."""
    end = start + 1
    if kinds[start] == PARAGRAPH_BREAK:
        while end < size and _is_white(kinds[end]):
            end += 1
        return end
    if kinds[start] != BREAK:
        return start
    lines = 1
    while end < size and (kinds[end] == BLANK or kinds[end] == NOTHING or kinds[end] == BREAK):
        lines += kinds[end] == BREAK
        end += 1
    return end if lines > 1 else start
