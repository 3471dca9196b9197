"""The forms of signing in and up and of the account. Shape only: the rules stand in the services."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField, StringField

from portal.kernel import words
from portal.kernel.i18n import current_locale, msg
from portal.organisations.facts import OrganisationFacts, countries
from portal.web.forms import ChecksField, Needed, PortalForm, choices

#: The languages by their own names.
LANGUAGES = {"ko": "한국어", "en": "English"}


class SignInForm(PortalForm):
    """E-mail address and password."""

    email = StringField(msg("E-mail address"), [Needed(msg("Enter your e-mail address."))])
    password = PasswordField(msg("Password"), [Needed(msg("Enter your password."))])
    next = HiddenField()


class PasswordAgainForm(PortalForm):
    """The present password, asked again before something that a stolen session must not do."""

    password = PasswordField(msg("Present password"), [Needed(msg("Enter your present password."))])


class _OrganisationFields(PortalForm):
    """What an organisation says of itself."""

    kind = RadioField(msg("Who do you file for?"), choices=choices(words.ORGANISATION_KINDS),
                      validate_choice=False)
    organisation_name_ko = StringField(msg("Name of the organisation in Korean"))
    organisation_name_en = StringField(msg("Name of the organisation in English"))
    country = SelectField(msg("Country of its seat"), validate_choice=False)
    registration_number = StringField(msg("Business registration number"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.country.choices = choices(countries(current_locale()))
        if not self.country.data:
            self.country.data = "KR"

    def facts(self) -> OrganisationFacts:
        """What was typed, unchecked."""
        return OrganisationFacts(
            kind=self.kind.data or "", name_ko=self.organisation_name_ko.data or "",
            name_en=self.organisation_name_en.data or "", country=self.country.data or "",
            registration_number=self.registration_number.data)


class OrganisationForm(_OrganisationFields):
    """Registering an organisation with an account that exists."""


class FactsForm(_OrganisationFields):
    """The facts of an organisation that exists, with the version they were shown at."""

    member_count = StringField(msg("Number of members it speaks for"))
    show_full_name = BooleanField(msg("Publish my full name with what I file"))
    version = HiddenField()

    def facts(self) -> OrganisationFacts:
        """What was typed, unchecked; a number of members that is none becomes −1, which no check lets through."""
        typed = (self.member_count.data or "").replace(",", "").strip()
        plain = super().facts()
        return OrganisationFacts(
            plain.kind, plain.name_ko, plain.name_en, plain.country, plain.registration_number,
            member_count=None if not typed else int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9
            else -1,
            show_full_name=bool(self.show_full_name.data))


class SignUpForm(_OrganisationFields):
    """A person with an organisation."""

    name = StringField(msg("Your name"))
    email = StringField(msg("E-mail address"))
    password = PasswordField(msg("Password"))
    next = HiddenField()


class ConfirmSignUpForm(PortalForm):
    """The password that was chosen when signing up."""

    password = PasswordField(msg("Password"), [Needed(msg("Enter the password that you chose when you signed up."))])


class ForgotForm(PortalForm):
    """The address to mail a link to."""

    email = StringField(msg("E-mail address"), [Needed(msg("Enter your e-mail address."))])
    next = HiddenField()


class NewPasswordForm(PortalForm):
    """A password chosen by the mailed link."""

    password = PasswordField(msg("New password"), [Needed(msg("Choose a password."))])


class ChangePasswordForm(PortalForm):
    """A new password, by who knows the present one."""

    password = PasswordField(msg("Present password"), [Needed(msg("Enter your present password."))])
    new_password = PasswordField(msg("New password"), [Needed(msg("Choose a password."))])


class ChangeEmailForm(PortalForm):
    """A new address, by who knows the password."""

    email = StringField(msg("New e-mail address"), [Needed(msg("Enter the new e-mail address."))])
    password = PasswordField(msg("Present password"), [Needed(msg("Enter your present password."))])


class ProfileForm(PortalForm):
    """Name and language."""

    name = StringField(msg("Your name"))
    locale = RadioField(msg("Language"), choices=choices(LANGUAGES), validate_choice=False)


class CodeForm(PortalForm):
    """A code of the second factor."""

    code = StringField(msg("Code from your app"), [Needed(msg("Enter the six digits that your app shows."))])
    next = HiddenField()


class RecoveryForm(PortalForm):
    """A recovery code."""

    recovery_code = StringField(msg("Recovery code"), [Needed(msg("Enter one of your recovery codes."))])
    next = HiddenField()


class InviteForm(PortalForm):
    """A colleague's address with roles."""

    email = StringField(msg("E-mail address"), [Needed(msg("Enter an e-mail address."))])
    roles = ChecksField(msg("Roles"), words.MEMBER_ROLES)


class RolesForm(PortalForm):
    """The roles of a member, with the version they were shown at."""

    roles = ChecksField(msg("Roles"), words.MEMBER_ROLES)
    version = HiddenField()


class AcceptForm(PortalForm):
    """An invited person who has no account yet."""

    name = StringField(msg("Your name"))
    password = PasswordField(msg("Password"))
