"""People, as others see them."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.wire.users import Profile


def get_profile(user_id: str) -> Call[Profile]:
    """Somebody whom the caller shares a board with; raises `NotFound` for everybody else."""
    return Call(method="GET", path=path_of("users", user_id), returns=Profile)
