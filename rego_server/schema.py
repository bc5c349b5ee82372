"""Every table of the server, gathered: import this before anything that needs the whole metadata."""

from __future__ import annotations

from rego_server.core import events, uow
from rego_server.core.db.schema import metadata
from rego_server.domains.access import models as access
from rego_server.domains.attachments import models as attachments
from rego_server.domains.auth import models as auth
from rego_server.domains.automations import models as automations
from rego_server.domains.boards import models as boards
from rego_server.domains.cards import models as cards
from rego_server.domains.checklists import models as checklists
from rego_server.domains.columns import models as columns
from rego_server.domains.comments import models as comments
from rego_server.domains.invitations import models as invitations
from rego_server.domains.labels import models as labels
from rego_server.domains.tokens import models as tokens
from rego_server.domains.users import models as users

__all__ = [
    "access",
    "attachments",
    "auth",
    "automations",
    "boards",
    "cards",
    "checklists",
    "columns",
    "comments",
    "events",
    "invitations",
    "labels",
    "metadata",
    "tokens",
    "uow",
    "users",
]
