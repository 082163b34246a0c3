"""Countries and territories, compared with CLDR."""

from babel import Locale
from babel.core import get_global

from services.tagger.data.gazetteer import Gazetteer

ALIASES = get_global("territory_aliases")
ALPHA3 = {
    old: new[0]
    for old, new in ALIASES.items()
    if len(old) == 3 and old.isalpha() and len(new) == 1 and len(new[0]) == 2
}
OLD_OR_PRIVATE = {
    "ASC",
    "BUR",
    "CPT",
    "DDR",
    "DGA",
    "FXX",
    "QUU",
    "TAA",
    "TMP",
    "XKK",
    "YMD",
    "ZAR",
}


def test_every_territory_is_known(gazetteer: Gazetteer) -> None:
    """Each ISO 3166 code for which CLDR has a name."""
    names = Locale("en").territories
    codes = {
        alpha3
        for alpha3, alpha2 in ALPHA3.items()
        if alpha2 in names and not alpha3.startswith(("XA", "XB", "ZZ")) and alpha2 != "ZZ"
    }
    assert codes - OLD_OR_PRIVATE - gazetteer.countries.keys() == set()


def test_the_english_name_is_listed(gazetteer: Gazetteer) -> None:
    """CLDR's English name is among ours, except for those that no wire story uses."""
    names = Locale("en").territories
    unusual = {"CIV", "COD", "COG", "GEO", "HKG", "MAC", "MMR", "PSE", "VAT", "REU", "JEY"}
    for alpha3, country in gazetteer.countries.items():
        if alpha3 in ALPHA3 and alpha3 not in unusual:
            name = names[ALPHA3[alpha3]].replace(" & ", " and ")
            assert name in {
                listed.replace(" & ", " and ") for listed in (*country.names, *country.short)
            }, alpha3
