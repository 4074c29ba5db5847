"""Numbers, ordinals, fractions and times in words and digits: the same value in both languages, by construction."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitext.flag.numerals import numerals


def table(text: str) -> list[str]:
    return text.split()


FR_UNITS = table(
    """zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept
    dix-huit dix-neuf"""
)
FR_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
EN_UNITS = table(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
)
EN_TENS = dict(zip(range(20, 100, 10), table("twenty thirty forty fifty sixty seventy eighty ninety"), strict=True))


def french(n: int) -> str:
    """A number below a million in French words."""
    if n < 20:
        return FR_UNITS[n]
    if n < 70:
        ten, unit = n - n % 10, n % 10
        return FR_TENS[ten] + ("" if not unit else " et un" if unit == 1 else "-" + FR_UNITS[unit])
    if n < 80:
        return "soixante et onze" if n == 71 else "soixante-" + french(n - 60)
    if n < 100:
        return "quatre-vingts" if n == 80 else "quatre-vingt-" + french(n - 80)
    if n < 1000:
        many, rest = divmod(n, 100)
        head = "cent" if many == 1 else french(many) + " cent" + ("s" if not rest else "")
        return head + (" " + french(rest) if rest else "")
    many, rest = divmod(n, 1000)
    head = "mille" if many == 1 else re.sub(r"(?<=cent|ingt)s$", "", french(many)) + " mille"
    return head + (" " + french(rest) if rest else "")


def english(n: int) -> str:
    """A number below a million in English words."""
    if n < 20:
        return EN_UNITS[n]
    if n < 100:
        return EN_TENS[n - n % 10] + ("" if not n % 10 else "-" + EN_UNITS[n % 10])
    if n < 1000:
        many, rest = divmod(n, 100)
        return f"{EN_UNITS[many]} hundred" + (f" and {english(rest)}" if rest else "")
    many, rest = divmod(n, 1000)
    return f"{english(many)} thousand" + (f" {'and ' if rest < 100 else ''}{english(rest)}" if rest else "")


def french_ordinal(n: int) -> str:
    word = french(n)
    if word.endswith("quatre-vingts") or word.endswith("cents"):
        word = word[:-1]
    for end, ordinal in (("cinq", "cinquième"), ("neuf", "neuvième")):
        if word.endswith(end):
            return word[: -len(end)] + ordinal
    return (word[:-1] if word.endswith("e") else word) + "ième"


def english_ordinal(n: int) -> str:
    word = english(n)
    for end, ordinal in (("one", "first"), ("two", "second"), ("three", "third"), ("five", "fifth"),
                         ("eight", "eighth"), ("nine", "ninth"), ("twelve", "twelfth")):  # fmt: skip
        if word.endswith(end):
            return word[: -len(end)] + ordinal
    return (word[:-1] + "ie" if word.endswith("y") else word) + "th"


def values(text: str, lang: str) -> set[float]:
    found = numerals(text, lang)
    assert len(found) == 1, (text, found)
    return set(found[0].values)


@given(st.integers(2, 999_999))
def test_words_have_their_value(n):
    assert n in values(f"il y en a {french(n)}", "fr")
    assert n in values(f"there are {english(n)}", "en")


@given(st.integers(2, 99))
def test_ordinals_have_their_value(n):
    assert n in values(f"la {french_ordinal(n)} fois", "fr")
    assert n in values(f"the {english_ordinal(n)} time", "en")
    assert n in values(f"la {n}e fois", "fr")
    assert n in values(f"the {n}th time", "en")


@given(st.integers(1000, 999_999_999), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_groups_of_digits(n, space):
    grouped = f"{n:,}"
    assert n in values(f"soit {grouped.replace(',', space)} voix", "fr")
    assert n in values(f"about {grouped} votes", "en")


@given(st.integers(1, 9), st.integers(3, 9))
def test_fractions(a, b):
    if a >= b:
        return
    fr = {3: "tiers", 4: "quart"}.get(b) or french_ordinal(b)
    en = {4: "quarter"}.get(b) or english_ordinal(b)
    many = "s" if a > 1 else ""
    here = values(f"les {french(a)} {fr if fr.endswith('s') else fr + many} du vin", "fr")
    there = values(f"{english(a)}-{en}{many} of it", "en")
    assert any(abs(x - a / b) < 1e-6 for x in here), here
    assert any(abs(x - y) < 1e-6 for x in here for y in there), (here, there)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(1, 11), st.sampled_from([0, 5, 15, 30, 45]))
def test_times_are_no_changed_numbers(run, hour, minute):
    fr = f"Le train part à {hour + 12} h" + (f" {minute:02}" if minute else "") + "."
    en = f"The train leaves at {hour}" + (f":{minute:02}" if minute else "") + " p.m."
    assert run("numbers", fr, originals=[en]) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(13, 98), st.integers(13, 98))
def test_another_number_is_flagged(run, a, b):
    found = run("numbers", f"Il y avait {a} soldats.", originals=[f"There were {b} soldiers."])
    assert bool(found) == (a != b)


SAME = [
    ("Une pause de 24 h est prévue.", "A break of a day is planned."),
    ("Il reste 12 mois.", "One year remains."),
    ("Nous passons à la phase III.", "We move to stage 3."),
    ("Il a investi 2 millions et demi.", "He has put in 2.5 million."),
    ("Des dizaines de maisons ont brûlé.", "Dozens of houses burnt."),
    ("Il en reste 99, 8 %.", "99.8 % of it remains."),
    ("On compte 12 000 morts.", "There are 12 000 dead."),
    ("Dans les années 80, tout était moins cher.", "In the Eighties everything was cheaper."),
    ("Le cent vingtième jour arriva.", "The 120th day came."),
    ("Le coût est de 7,4 milliards.", "The cost is 7.4 thousand million."),
    ("Le concert est le 20 décembre 2012.", "The concert is on 20.12.2012."),
    ("Il est plus de 13 h 30.", "It is past 1.30 p.m."),
    ("Mettez tout en place.", "2. Set everything up."),
    ("Le trajet dure 1h30.", "The ride takes 1.5 hours."),
    ("Un composant suffit.", "1 component is enough."),
    ("Le bus part à 21h.", "The bus leaves at 9: 00."),
    ("La porte ferme à 12 h 00 GMT.", "The gate closes around 1200 GMT."),
    ("La séance ouvre à 12 h GMT.", "The session opens at 12:00 GMT."),
    ("Il attend depuis un quart d'heure.", "He has been waiting for 15 minutes."),
    ("Elle nage 30 minutes.", "She swims for half an hour."),
    ("Le musée rouvre dans les quinze jours.", "The museum reopens within the next two weeks."),
    ("Elle y travaille depuis trente ans.", "She has worked there for three decades."),
    ("Entre 0,5 et 2 millions de personnes.", "Between 0.5 and 2 million people."),
    ("On fête le cinquantenaire du pont.", "The bridge turns 50."),
    ("Le pot contient 85 grammes de miel.", "The jar holds three ounces of honey."),
    ("Le vol dure 1h30.", "The flight takes an hour and a half."),
    ("Appelez les secours.", "Call 911."),
    ("Depuis le 11 septembre 2001, tout a changé.", "Since 9/11 everything has changed."),
    ("Il fait cinq degrés au-dessous de zéro.", "It is minus five degrees."),
    ("Le chat dort entre deux chaises.", "The cat sleeps between the chairs."),
]


@pytest.mark.parametrize(("fr", "en"), SAME)
def test_the_same_number_said_otherwise(run, fr, en):
    assert run("numbers", fr, originals=[en]) == []


CHANGED = [
    ("Il reste 13 mois.", "One year remains."),
    ("Une pause de 25 h est prévue.", "A break of a day is planned."),
    ("Nous passons à la phase 4.", "We move to stage 3."),
    ("Il a investi 3 millions et demi.", "He has put in 2.5 million."),
    ("Il en reste 98, 8 %.", "99.8 % of it remains."),
    ("On compte 12 000 morts.", "There are 21 000 dead."),
    ("Le cent trentième jour arriva.", "The 120th day came."),
    ("Le concert est le 21 décembre 2012.", "The concert is on 20.12.2012."),
    ("Il est plus de 13 h 40.", "It is past 1.30 p.m."),
    ("La moitié des 40 élus sont venus.", "Half of the 14 members came."),
    ("Le bus part à 20h.", "The bus leaves at 9: 00."),
    ("La porte ferme à 13 h 00 GMT.", "The gate closes around 1200 GMT."),
    ("Elle y travaille depuis vingt ans.", "She has worked there for three decades."),
    ("Il attend depuis trois heures.", "He has been waiting for 15 minutes."),
    ("Le musée rouvre dans trois semaines.", "The museum reopens within the next two weeks."),
    ("Entre 0,5 et 3 millions de personnes.", "Between 0.5 and 2 million people."),
    ("Le 12 septembre 2001, tout a changé.", "On 9/11 everything changed."),
]


@pytest.mark.parametrize(("fr", "en"), CHANGED)
def test_a_changed_number_is_flagged(run, fr, en):
    assert run("numbers", fr, originals=[en])
