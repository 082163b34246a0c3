"""A rule as the kernel runs it: a row of int32 numbers. docs/matcher.md draws one.

A program is ``size, rule, number of keys, keys…`` and then its checks. A check is ``operation, if
it holds, if not, …``: where to go on, as an offset from the program's start, or one of ACCEPT and
REJECT. What follows depends on the operation:

ANY      count, atoms…              one of the atoms is in the article
FOUND    region, alternatives       one of them stands in the region
AT_LEAST region, least, alternatives
                                    at least so many of them that do not overlap
NEAR     region, unit, distance, negated, offset of the right alternatives,
         left alternatives, right alternatives
LONGER   count                      the body has more words; SHORTER: it has fewer

A region is ``FACTUALITIES * place + factuality``. Alternatives are ``count`` and then each of them:
``words, position of the anchor, the anchor's atom`` and, of a phrase, the atoms of all its words.
"""

ANY, FOUND, AT_LEAST, NEAR, LONGER, SHORTER = range(6)
ACCEPT, REJECT = -1, -2
SIZE, RULE, KEYS, HEADER = 0, 1, 2, 3
HOLDS, FAILS, OPERANDS = 1, 2, 3
ANYWHERE, HEADLINE, DECK, LEAD, BODY, PLACES = range(6)
WHATEVER, ASSERTED, FRESH, FACTUALITIES = range(4)
BY_FIELD, IN_ORDER, BY_SENTENCE, BY_PARAGRAPH = range(4)
ENDLESS = 2**30
MAYBE = 3
"""The number of atoms of the second rarest group beside a program in the index."""
