"""Counts the things of a plan under the names that a report shows."""

from __future__ import annotations

from collections.abc import Mapping

from rego.wire.imports import Plan, Tally


def count(plan: Plan) -> dict[str, int]:
    """How many things of each kind `plan` holds; due dates are those of cards."""
    checklists = [checklist for card in plan.cards for checklist in card.checklists]
    items = [item for checklist in checklists for item in checklist.items]
    files = sum(len(card.files) for card in plan.cards)
    counts = {
        "lists": len(plan.columns),
        "lists (archived)": sum(column.archived for column in plan.columns),
        "cards": len(plan.cards),
        "cards (archived)": sum(card.archived for card in plan.cards),
        "labels": len(plan.labels),
        "label uses": sum(len(card.labels) for card in plan.cards),
        "checklists": len(checklists),
        "items": len(items),
        "items (done)": sum(item.done for item in items),
        "comments": sum(len(card.comments) for card in plan.cards),
        "rules": len(plan.rules),
        "due dates": sum(card.due_at is not None for card in plan.cards),
        "members": len(plan.people),
    }
    # Most files of boards hold none and need no line about it.
    return counts | {"files": files} if files else counts


def compare(found: Mapping[str, int], imported: Mapping[str, int]) -> dict[str, Tally]:
    """One tally for each kind that was found, in that order; a kind that is missing from `imported` did not come in."""
    return {kind: Tally(found=number, imported=imported.get(kind, 0)) for kind, number in found.items()}
