"""What superusers do with the accounts of a server; everybody else gets `Forbidden`."""

from __future__ import annotations

from rego.client.call import Call, path_of, query_of
from rego.wire.admin import PasswordToken, UpdateUser
from rego.wire.users import User


def list_users(name: str | None = None, limit: int | None = None) -> Call[list[User]]:
    """One page of the accounts, oldest first, or the one whose username or e-mail address is `name`."""
    return Call(method="GET", path="/admin/users", query=query_of(name=name, limit=limit), returns=list[User])


def update_user(user_id: str, body: UpdateUser) -> Call[User]:
    """Let somebody in or keep them out, make them a superuser or no longer; raises `Conflict` about the last superuser."""
    return Call(method="PATCH", path=path_of("admin", "users", user_id), body=body, returns=User)


def reset_password(user_id: str) -> Call[PasswordToken]:
    """A token with which somebody sets a new password; until then the old one is good."""
    return Call(method="POST", path=path_of("admin", "users", user_id, "reset-password"), returns=PasswordToken)
