"""Labels: coloured names that cards carry."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.wire.labels import CreateLabel, Label, UpdateLabel


def list_labels(board_id: str) -> Call[list[Label]]:
    return Call(method="GET", path=path_of("boards", board_id, "labels"), returns=list[Label])


def create_label(board_id: str, body: CreateLabel) -> Call[Label]:
    return Call(method="POST", path=path_of("boards", board_id, "labels"), body=body, returns=Label)


def update_label(label_id: str, body: UpdateLabel) -> Call[Label]:
    return Call(method="PATCH", path=path_of("labels", label_id), body=body, returns=Label)


def delete_label(label_id: str) -> Call[None]:
    """Delete a label; it comes off every card that carries it."""
    return Call(method="DELETE", path=path_of("labels", label_id), returns=None)
