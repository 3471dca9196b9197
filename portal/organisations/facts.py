"""What an organisation says of itself, checked: kind, names, country, registration number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from babel import Locale

from portal.kernel import text
from portal.kernel.i18n import LOCALES, Message, msg
from portal.organisations import names, registration_number
from portal.organisations.models import ORGANISATION_KINDS

LONGEST_NAME = 200
_MOST_MEMBERS = 1_000_000
_NO_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"))


@dataclass(frozen=True)
class OrganisationFacts:
    """As typed before `checked`, as kept after. `registration_number` may be empty or None. `member_count`: of an
    association, for how many it speaks; `show_full_name`: an individual chose not to be masked."""

    kind: str
    name_ko: str = ""
    name_en: str = ""
    country: str = "KR"
    registration_number: str | None = None
    member_count: int | None = None
    show_full_name: bool = False

    @property
    def keys(self) -> tuple[str, str]:
        """The comparable forms of the two names."""
        return names.name_key(self.name_ko), names.name_key(self.name_en)


def individual(name: str, *, country: str = "KR", show_full_name: bool = False) -> OrganisationFacts:
    """A person who files for nobody else: an organisation of one."""
    return OrganisationFacts("individual", name, name, country, show_full_name=show_full_name)


@lru_cache(maxsize=4)
def countries(locale: str) -> dict[str, str]:
    """Codes and names of countries in a language, Korea first, then by name; those with a name in every language."""
    names_of = {spoken: Locale(spoken).territories for spoken in LOCALES}
    codes = [str(code) for code in names_of[locale] if len(str(code)) == 2 and str(code).isalpha()
             and code not in _NO_COUNTRIES and all(code in known for known in names_of.values())]
    named = {code: str(names_of[locale][code]) for code in codes}
    return {code: named[code] for code in sorted(named, key=lambda code: (code != "KR", named[code]))}


def checked(facts: OrganisationFacts) -> tuple[OrganisationFacts, dict[str, list[Message]]]:
    """The facts as they are kept, and what is wrong with them by field. One name may be left out: the other stands in
    its place."""
    problems: dict[str, list[Message]] = {}
    if facts.kind not in ORGANISATION_KINDS:
        problems["kind"] = [msg("Choose who you file for.")]
    korean = text.typed(facts.name_ko, limit=LONGEST_NAME, one_line=True)
    english = text.typed(facts.name_en, limit=LONGEST_NAME, one_line=True)
    for field, typed in (("organisation_name_ko", korean), ("organisation_name_en", english)):
        if typed.problems:
            problems[field] = list(typed.problems)
        elif typed.text and not names.name_key(typed.text):
            problems[field] = [msg("A name has letters or digits.")]
    if not korean.text and not english.text:
        problems["organisation_name_ko"] = [msg("Enter the name of the organisation in Korean or in English.")]
    if facts.country not in countries("en"):
        problems["country"] = [msg("Choose a country from the list.")]
    number = None
    if facts.kind != "individual" and facts.registration_number and facts.registration_number.strip():
        try:
            number = registration_number.normalise(facts.registration_number)
        except registration_number.RegistrationNumberError as error:
            problems["registration_number"] = [error.message]
    members = facts.member_count if facts.kind == "association" else None
    if members is not None and not 0 <= members <= _MOST_MEMBERS:
        problems["member_count"] = [msg("Enter a number of members, or leave the field empty.")]
    kept = replace(facts, name_ko=korean.text or english.text, name_en=english.text or korean.text,
                   registration_number=number, member_count=members,
                   show_full_name=facts.show_full_name and facts.kind == "individual")
    return kept, problems
