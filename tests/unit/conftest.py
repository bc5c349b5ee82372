"""How Hypothesis runs here: without a deadline per example, because a busy machine is no bug."""

from __future__ import annotations

from hypothesis import settings

# On top of the profile that Hypothesis chose itself, which in CI tries the same examples each time.
settings.register_profile("rego", parent=settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("rego")
