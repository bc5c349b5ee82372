"""The accounts of the server. Placeholders are none: nobody stands behind them."""

from __future__ import annotations

from sqlalchemy import bindparam, not_, select

from rego_server.core.db import Statement
from rego_server.core.db.schema import Id
from rego_server.domains.users.models import users

_accounts = select(users).where(not_(users.c.placeholder))
_page = _accounts.order_by(users.c.id).limit(bindparam("count"))

ALL = Statement(_page)
ALL_AFTER = Statement(_page.where(users.c.id > bindparam("after_id", type_=Id)))
HOLD_ACCOUNT = Statement(_accounts.where(users.c.id == bindparam("user_id", type_=Id)).with_for_update())

HOLD_SUPERUSERS = Statement(
    select(users.c.id).where(users.c.is_superuser, users.c.is_active).order_by(users.c.id).with_for_update()
)
"""Those who can use their power, held until the end of the transaction: of two who would demote each other, one comes late."""
