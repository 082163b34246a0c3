"""Numbers in words, by language, and the words for fractions, groups and scales in English."""

from typing import Final

_TO_TWENTY: Final = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce "
    "quince dieciséis diecisiete dieciocho diecinueve veinte",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze "
    "quinze seize dix-sept dix-huit dix-neuf vingt",
}
_TENS: Final = {
    "en": "thirty forty fifty sixty seventy eighty ninety",
    "de": "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "fr": "trente quarante cinquante soixante",
}
SPELLED: Final[dict[str, dict[str, float]]] = {
    language: {
        **{word: float(number) for number, word in enumerate(words.split())},
        **{word: 10.0 * tens for tens, word in enumerate(_TENS[language].split(), start=3)},
    }
    for language, words in _TO_TWENTY.items()
}
GROUPS: Final = {
    "pair": 2.0, "couple": 2.0, "twice": 2.0, "twin": 2.0, "trio": 3.0, "quartet": 4.0,
    "dozen": 12.0, "both": 2.0, "decade": 10.0, "score": 20.0,
}  # fmt: skip
SCALES: Final = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "bn": 1e9,
    "mln": 1e6, "bln": 1e9, "dozen": 12.0, "decades": 10.0, "millionen": 1e6, "milliarden": 1e9,
    "millones": 1e6, "millions": 1e6, "milliards": 1e9, "mil": 1e3, "thousands": 1e3,
}  # fmt: skip
FRACTIONS: Final = {
    "half": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4,
    "fifth": 1 / 5, "fifths": 1 / 5, "sixth": 1 / 6, "seventh": 1 / 7, "eighth": 1 / 8,
    "tenth": 1 / 10, "tenths": 1 / 10,
}  # fmt: skip
_APPROXIMATE: Final = """
about around some nearly almost over roughly approximately than least most up upwards fewer
better part barely estimated close nearing under below above rund etwa fast cerca casi unos près
"""
APPROXIMATE: Final = frozenset(_APPROXIMATE.split())
"""Words before a rounded number."""
