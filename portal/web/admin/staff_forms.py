"""The forms of the administration of staff. Shape only: the rules stand in the services."""

from __future__ import annotations

from wtforms import StringField

from portal.kernel import words
from portal.kernel.i18n import msg
from portal.web.forms import ChecksField, Needed, PortalForm


class AddStaffForm(PortalForm):
    """A person with roles at a ministry."""

    email = StringField(msg("E-mail address"), [Needed(msg("Enter an e-mail address."))])
    name = StringField(msg("Name"))
    roles = ChecksField(msg("Roles"), words.STAFF_ROLES)


class GiveRolesForm(PortalForm):
    """More roles for a person who holds some."""

    roles = ChecksField(msg("Roles to give"), words.STAFF_ROLES)
