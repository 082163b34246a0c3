"""English words that tell what a capitalised name may be: a person, a body, a place or none."""

from typing import Final

_NO_NAMES: Final = """
a an december february friday i january july march monday november october saturday september sunday
the thursday tuesday wednesday
"""
NO_NAMES: Final = frozenset(_NO_NAMES.split())
"""Days, months and articles are no part of a name.

April, May, June, August and pronouns may be: Liu He."""

_HONORIFICS: Final = """
adm amb capt col dame dr gen gov hon king lady lord lt maj miss mr mrs ms mx pope prince princess
prof queen rep rev sen sgt sir
"""
HONORIFICS: Final = frozenset(_HONORIFICS.split())
"""Before a name, often with a full stop."""

_ROLES: Final = """
actor actress administrator analyst archbishop artist attorney author billionaire bishop candidate
cardinal chairperson co-founder colonel constable consultant critic deputy doctor economist editor
engineer entrepreneur executive expert founder general historian inspector journalist lawmaker
lawyer lieutenant major manager mp owner partner player principal producer prosecutor reporter
researcher scholar scientist singer strategist superintendent writer
"""
ROLES: Final = frozenset(_ROLES.split())
"""Before a name: what the person is, in addition to the offices in the data."""

_BODY_WORDS: Final = """
academy administration affairs agency airlines alliance army assembly association authority bank
board brigade brotherhood bureau cabinet capital center centre chamber church club co coalition
college command commission committee community company conference congress corp corporation council
court department division exchange federation force forces foundation front fund group guard
holdings hospital inc industries initiative institute institution international journal league llc
ltd magazine media ministry movement museum network news observatory office organisation
organization parliament partners party police post press productions project school senate service
services society studies studio studios system systems team technologies times trust union
university
"""
BODY_WORDS: Final = frozenset(_BODY_WORDS.split())
"""In the name of a body."""

_PLACE_WORDS: Final = """
act avenue award awards bay beach bowl bridge canal castle cathedral championship city coast county
creek cup day district drive east festival games garden gardens hill hills hotel house island
islands lake law mountain mountains north ocean open palace park peninsula place plaza port prize
river road room sea series south square station strait street tower town valley village war week
west world year
"""
PLACE_WORDS: Final = frozenset(_PLACE_WORDS.split())
"""In the name of a place or an occasion."""
