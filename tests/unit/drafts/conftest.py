"""Who imports and publishes, for every test of stored texts."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.organisations.models import Ministry
from tests import factories
from tests.unit.drafts.texts import NOW


@pytest.fixture
def ministry(session: Session) -> Ministry:
    return factories.ministry(session, NOW)


@pytest.fixture
def publisher(session: Session, ministry: Ministry) -> Actor:
    return factories.staff(session, NOW, ministry, "publisher", name="박공고")
