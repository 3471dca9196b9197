"""Who acts: what services and policies know of the person behind a request, a job or a command."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """A person (or the system) with everything that a policy may ask.

    `staff_roles` maps a ministry's id to the roles held there (reviewer, approver, publisher, administrator, adviser);
    `member_roles` an organisation's id to the roles held there (drafter, checker, signer, manager, observer).
    `second_factor` tells that it was given in this session; `second_factor_due` that the account has one and it was not
    given yet: such a person is not signed in for anything else. `affiliations` are the (Korean, English) names of the
    ministries and organisations, for the head of the page.
    """

    account_id: int | None
    name: str
    email: str = ""
    locale: str = "ko"
    staff_roles: dict[int, frozenset[str]] = field(default_factory=dict)
    member_roles: dict[int, frozenset[str]] = field(default_factory=dict)
    second_factor: bool = False
    second_factor_due: bool = False
    affiliations: tuple[tuple[str, str], ...] = ()
    system: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether the person holds any role at any ministry."""
        return any(self.staff_roles.values())

    def has_staff_role(self, ministry_id: int, *roles: str) -> bool:
        """Whether one of `roles` is held at that ministry."""
        return not self.staff_roles.get(ministry_id, frozenset()).isdisjoint(roles)

    def has_member_role(self, organisation_id: int, *roles: str) -> bool:
        """Whether one of `roles` is held in that organisation."""
        return not self.member_roles.get(organisation_id, frozenset()).isdisjoint(roles)

    def require_account(self) -> int:
        """The account's id; a system or anonymous actor in a person's place is a programming error."""
        if self.account_id is None:
            raise ValueError("this act needs a person with an account")
        return self.account_id


#: Jobs and commands that act for nobody in particular.
SYSTEM = Actor(account_id=None, name="system", system=True, locale="en")

#: A reader who is not signed in.
ANONYMOUS = Actor(account_id=None, name="")
