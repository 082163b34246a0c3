"""Each office of eight governments on three dates, compared with a slow look-up of its terms."""

from collections.abc import Callable
from datetime import date

import pytest

from services.tagger.data.entries import Office
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.terms import holder_on
from shared.messages.schemas import TaggedArticle

GOVERNMENTS = ("USA", "KOR", "PRK", "CHN", "JPN", "RUS", "SGP", "VNM")
DAYS = (date(2017, 3, 1), date(2018, 6, 12), date(2019, 2, 28))
HOLDERS = [
    ("us-secretary-of-state", "2017-03-01", "rex-tillerson"),
    ("us-secretary-of-state", "2018-03-20", "rex-tillerson"),
    ("us-secretary-of-state", "2018-04-10", "john-sullivan"),
    ("us-secretary-of-state", "2018-09-12", "mike-pompeo"),
    ("us-national-security-adviser", "2018-04-08", "h-r-mcmaster"),
    ("us-national-security-adviser", "2018-06-12", "john-bolton"),
    ("us-national-security-adviser", "2019-10-01", "robert-obrien"),
    ("us-secretary-of-defense", "2018-06-12", "james-mattis"),
    ("us-secretary-of-defense", "2019-02-28", "patrick-shanahan"),
    ("us-president", "2016-12-01", "barack-obama"),
    ("us-president", "2018-06-12", "donald-trump"),
    ("us-president", "2003-03-20", "george-w-bush"),
    ("us-president", "2022-03-20", "joe-biden"),
    ("us-vice-president", "2018-06-12", "mike-pence"),
    ("us-cia-director", "2018-04-01", "mike-pompeo"),
    ("us-cia-director", "2018-06-12", "gina-haspel"),
    ("kor-president", "2017-03-01", "park-geun-hye"),
    ("kor-president", "2018-06-12", "moon-jae-in"),
    ("kor-foreign-minister", "2017-03-01", "yun-byung-se"),
    ("kor-foreign-minister", "2018-06-12", "kang-kyung-wha"),
    ("kor-defence-minister", "2018-06-12", "song-young-moo"),
    ("kor-defence-minister", "2019-02-28", "jeong-kyeong-doo"),
    ("prk-supreme-leader", "2018-06-12", "kim-jong-un"),
    ("prk-foreign-minister", "2018-06-12", "ri-yong-ho"),
    ("prk-premier", "2018-06-12", "pak-pong-ju"),
    ("prk-premier", "2019-06-01", "kim-jae-ryong"),
    ("chn-president", "2018-06-12", "xi-jinping"),
    ("chn-foreign-minister", "2018-06-12", "wang-yi"),
    ("jpn-prime-minister", "2018-06-12", "shinzo-abe"),
    ("jpn-foreign-minister", "2017-03-01", "fumio-kishida"),
    ("jpn-foreign-minister", "2018-06-12", "taro-kono"),
    ("jpn-foreign-minister", "2019-10-01", "toshimitsu-motegi"),
    ("jpn-defence-minister", "2018-06-12", "itsunori-onodera"),
    ("rus-president", "2018-06-12", "vladimir-putin"),
    ("rus-foreign-minister", "2018-06-12", "sergei-lavrov"),
    ("sgp-prime-minister", "2018-06-12", "lee-hsien-loong"),
    ("vnm-prime-minister", "2019-02-28", "nguyen-xuan-phuc"),
    ("mys-prime-minister", "2018-05-01", "najib-razak"),
    ("mys-prime-minister", "2018-06-12", "mahathir-mohamad"),
]


@pytest.mark.parametrize(("office", "day", "holder"), HOLDERS)
def test_the_holder_is_that_of_the_history_books(
    office: str, day: str, holder: str, gazetteer: Gazetteer
) -> None:
    """Facts from history books."""
    assert holder_on(gazetteer.offices[office], date.fromisoformat(day))[0] == holder


@pytest.mark.parametrize("country", GOVERNMENTS)
def test_each_office_on_three_dates(country: str, gazetteer: Gazetteer) -> None:
    """One holder where a term covers the day, nobody in a gap, all where several hold it."""
    offices = [office for office in gazetteer.offices.values() if office.country == country]
    assert len(offices) >= 6
    for office in offices:
        for day in DAYS:
            expected = holders_by_scan(office, day)
            actor, several, _reason = holder_on(office, day)
            assert ({actor} if actor else set(several)) == expected, (office.id, day)
    assert all(any(holders_by_scan(office, day) for office in offices) for day in DAYS)


@pytest.mark.parametrize("country", GOVERNMENTS)
@pytest.mark.parametrize("day", DAYS)
def test_each_office_in_a_sentence(
    country: str, day: date, gazetteer: Gazetteer, tagged: Callable[..., TaggedArticle]
) -> None:
    """Named with its country in an article of the day, the office refers to its holder that day."""
    people = gazetteer.countries[country].demonyms[0]
    offices = [
        office
        for office in gazetteer.offices.values()
        if office.country == country and office.needs_country
    ]
    assert len(offices) >= 3
    for office in offices:
        sentence = f"Yesterday the {people} {office.needs_country[0]} spoke."
        (mention,) = [
            mention for mention in tagged(sentence, day=day).mentions if mention.kind == "office"
        ]
        assert mention.office == office.id, sentence
        assert ({mention.actor} if mention.actor else set(mention.ambiguous)) == holders_by_scan(
            office, day
        ), (sentence, day)


@pytest.mark.parametrize("country", GOVERNMENTS)
def test_each_name_leads_to_its_office(country: str, gazetteer: Gazetteer) -> None:
    """Every listed name of an office finds that office."""
    offices = {
        office.id: office for office in gazetteer.offices.values() if office.country == country
    }
    for office in offices.values():
        assert all(
            office.id in gazetteer.name_lookup.find("office", name, offices)
            for name in (*office.names, *office.needs_country)
        ), office.id


def holders_by_scan(office: Office, day: date) -> set[str]:
    """Return the holders by looking at every term."""
    current = [term for term in office.terms if term.start <= day <= (term.end or date.max)]
    if office.multiple_holders:
        return {term.holder for term in current}
    latest = sorted(current, key=lambda term: term.start)[-1:]
    return {term.holder for term in current if latest and term.start == latest[0].start}
