"""Abbreviations that end in a full stop, and the words that open sentences, by language.

All words are in lower case and without their last stop. An abbreviation that is also a word
sentences end with ("art.", "no.", "mar.") belongs into a set that looks at what follows it.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES: Final = _words("""
    mr mrs ms dr prof gen lt col maj capt cmdr adm sgt cpl brig supt insp sen sens rep reps gov
    pres sec amb hon rev fr msgr
    hr frl abg fa mme mmes mlle mgr sra srta dra dña profa gral cnel lic arq pdte dott avv sig mons
    dhr mevr drs ks św ul płk mjr проф акад ген им ул пл тов св tp ts gs pgs jl doç डॉ प्रो श्री
    """)
"""Stand before a name."""
NEVER_LAST: Final = _words("""
    vs ca approx cf bzw evtl ggf inkl exkl zzgl vgl sog geb mio mrd tsd
    e.g i.e z.b d.h u.a i.d.r o.ä t.ex bl.a т.е
    """)
"""Never end a sentence."""
NAME_PARTS: Final = _words(
    "inc corp co ltd llc plc bros jr sr dept st ste mt ft ave blvd rd str al"
)
"""Part of a name, often its last word: they end a sentence only before a word that opens one."""
BEFORE_NUMBERS: Final = _words("""
    no nos nr fig vol pp art abs bd núm ch rs
    jan feb mar apr jun jul aug sep sept oct nov dec mrz okt dez
    janv févr avr juil août déc ene abr ago dic
    """)
"""End a sentence unless a number follows."""
ORDINAL_CUES: Final = _words("""
    am der die das dem den des im vom zum zur ab bis seit beim ins und oder jeder jede jedes
    ein eine einen einem einer sein seinem seinen seiner ihr ihrem ihren ihrer
    """)
"""German words that make "12." after them mean "twelfth"; it ends a sentence in "June 12."."""
GERMAN_MONTHS: Final = _words("""
    januar jänner februar märz april mai juni juli august september oktober november dezember
    """)
OPENERS: Final = _words("""
    the he she it they we you i but and in on at a an this that these those his her its their our
    my both as after before although though because when while where what why how if there then
    now since so yet or for from with by to during some many several also meanwhile however
    earlier later
    """)
"""English words that open a sentence and, with a capital, hardly ever anything else."""
FOREIGN_OPENERS: Final = _words("""
    der die das dem den er sie es wir ich und aber doch im am auf bei nach mit von zu ein eine dies
    diese dieser dieses auch da dann als danach seine ihre wie wenn was
    le la les il elle ils elles nous vous un une ce cette ces mais et en dans au aux pour son sa
    ses leur
    el los las una pero su sus este esta se lo por con para gli ma nel um uma mas em os ele ela
    он она они оно это но и в на по как при к с о у за его её их мы я когда после
    """)
"""The same in other languages. Some of them open a surname, too: Le Drian, Da Silva."""
