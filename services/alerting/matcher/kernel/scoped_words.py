"""Which words of an article lie in a scope of status, compiled."""

from services.alerting.matcher.kernel.jit import jit
from services.alerting.matcher.kernel.occurrences import covering_words
from services.alerting.matcher.kernel.program import ASSERTED, FRESH


@jit
def find_scoped_words(scopes, words, fields, scoped):
    """Write, by factuality and word, the first word from it on that the factuality leaves out.

    Rows of ``scopes`` are the number of the text, first and last code point, the last one
    exclusive, and whether the scope is past. Words after the last one in a scope get the number of
    words.
    """
    size = fields[len(fields) - 1]
    scoped[ASSERTED, : size + 1] = 0
    scoped[FRESH, : size + 1] = 0
    for i in range(len(scopes)):
        first, last = covering_words(words, fields, scopes[i, 0], scopes[i, 1], scopes[i, 2])
        if first <= last:
            for factuality in range(ASSERTED, FRESH + 1 if scopes[i, 3] else ASSERTED + 1):
                scoped[factuality, first] += 1
                scoped[factuality, last + 1] -= 1
    for factuality in range(ASSERTED, FRESH + 1):
        _to_following(scoped[factuality], size)


@jit
def _to_following(changes, size):
    """Turn where scopes begin and end into the following word in one, in place."""
    depth = 0
    for word in range(size):
        depth += changes[word]
        changes[word] = depth
    following = size
    for word in range(size - 1, -1, -1):
        if changes[word] > 0:
            following = word
        changes[word] = following
