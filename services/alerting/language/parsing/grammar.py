"""The grammar of the rule language.

``scan`` makes the tokens; this says how they stand together, and ``shape`` what may not stand
together. A change of what an expression means raises VERSION, which is part of every rule's
revision.
"""

from typing import Final

VERSION: Final = "3"

GRAMMAR: Final = r"""
    start: expression

    ?expression: factor
               | factor (AND factor)+       -> all_of
               | factor (OR factor)+        -> any_of

    ?factor: near
           | NOT factor                     -> negation

    ?near: primary
         | primary NEAR primary             -> near

    ?primary: TERM                          -> term
            | TAG                           -> tag
            | FILTER                        -> filter
            | LENGTH                        -> length
            | _LPAR expression _RPAR
            | PLACE _LPAR expression _RPAR      -> where
            | EXACT _LPAR TERM _RPAR            -> exact
            | ATLEAST _LPAR expression _RPAR    -> at_least

    %declare TERM TAG FILTER LENGTH PLACE EXACT ATLEAST NEAR AND OR NOT _LPAR _RPAR
"""
