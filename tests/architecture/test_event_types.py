"""A new type of event is known everywhere at once: to replicas, to undo, to the sentences of the activity."""

from __future__ import annotations

import pytest

from rego.wire.events import EVENT_TYPES
from rego.wire.sentences import SENTENCES
from rego_server.domains.undo.actions.inverses import INVERSES
from rego_server.domains.undo.rules import Irreversible


def test_every_type_has_an_inverse_or_a_reason_for_none() -> None:
    assert set(INVERSES) == set(EVENT_TYPES.values())


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_a_reason_is_the_end_of_a_sentence(name: str) -> None:
    inverse = INVERSES[EVENT_TYPES[name]]
    assert not isinstance(inverse, Irreversible) or (len(inverse.reason) > 10 and inverse.reason[-1].isalnum())


def test_every_type_has_a_sentence() -> None:
    assert set(SENTENCES) == set(EVENT_TYPES.values())
