"""Words that say nothing of what a sentence is about, and words that negate."""

from typing import Final

_STOP_WORDS: Final = """
a an the of to in on at by for from with and or but as is are was were be been being it
its he she they them his her their this that these those which who whom whose what when
where while will would could should may might can must has have had do does did done than
then there here into over under after before about out up down off near some any each
both more most other another such only also very just so if because due during between
through across per all one mr mrs ms dr we i you our us your my me him himself herself
itself themselves too yet still even among against toward towards upon within along
around since until till ago how why again much many few own same s t re ve ll d like
however although though whether either neither else ever via amid
said say says saying told tell tells
"""
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())
_NEGATIONS: Final = """
no not never none nobody nothing neither nor without cannot n't deny denies denied
refuse refuses refused fail fails failed unable
"""
NEGATIONS: Final = frozenset(_NEGATIONS.split())
