"""Does an organisation that somebody declares seem to exist already? By registration number, by name, by mail domain.

A match never makes anybody a member: it makes a request to the managers. Some matches are none:
a mail domain tells nothing where both registration numbers are known and differ (companies of one group), and once the
managers have declined a person, name and domain tell that person nothing any more (two companies may bear one name).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts import email_addresses
from portal.organisations import names
from portal.organisations.facts import OrganisationFacts


@dataclass(frozen=True)
class Match:
    """The organisation that is meant, it seems, and by what: `number`, `name` or `domain`."""

    organisation_id: int
    by: str


_FIND = text("""
    SELECT o.id,
           CASE WHEN o.registration_number = :number THEN 'number'
                WHEN o.name_key = ANY(:keys) OR o.name_key_en = ANY(:keys) THEN 'name'
                ELSE 'domain' END AS by
      FROM organisations o
     WHERE o.kind <> 'individual'
       AND (o.registration_number = :number
            OR ((o.name_key = ANY(:keys) OR o.name_key_en = ANY(:keys)
                 OR (o.mail_domain = :domain
                     AND (o.registration_number IS NULL OR CAST(:number AS text) IS NULL
                          OR o.registration_number = :number)))
                AND NOT EXISTS (SELECT 1 FROM join_requests r WHERE r.organisation_id = o.id
                                 AND r.account_id = :account_id AND r.outcome = 'declined')))
     ORDER BY o.registration_number = :number DESC NULLS LAST,
              (o.name_key = ANY(:keys) OR o.name_key_en = ANY(:keys)) DESC, o.id
     LIMIT 1""")


def find(session: Session, facts: OrganisationFacts, email: str, account_id: int) -> Match | None:
    """The organisation that these (checked) facts and this address seem to mean, if any."""
    if facts.kind == "individual":
        return None
    row = session.execute(_FIND, {
        "number": facts.registration_number, "keys": sorted({key for key in facts.keys if key}),
        "domain": names.own_mail_domain(email_addresses.domain(email)), "account_id": account_id}).first()
    return None if row is None else Match(row.id, row.by)
