"""Entries about an entry: edits, deletions, reactions. What they mean, and who may write them.

They name their target, a text of the same conversation, by its number. ``body``: of ``edited`` the new text, of
``reacted`` and ``unreacted`` the emoji, of ``deleted`` nothing. A ``text`` with a target is a reply to it.
"""

from collections.abc import Mapping
from dataclasses import replace

from app.domain.entries import REVISION_KINDS, Entry
from app.domain.errors import ChatError, Conflict, Forbidden, NotFound
from app.domain.folds import Fold, View
from app.domain.permissions import Role, may
from app.domain.retention import NOT_KEPT

MOST_EDITS = 200
MOST_EMOJI = 20
"""Different ones under one message."""


def view_of(target: Entry) -> View:
    """What revisions made of a text so far."""
    return target.fold.current if target.fold else View(target.body)


def refusal(
    kind: str, sender: str, body: str, target: Entry | None, roles: Mapping[str, Role], *, group: bool
) -> ChatError | None:
    """Why ``sender``, a member, may not write this about ``target`` (None: there is none); None: they may.

    ``roles`` are the members'; outside a group they say nothing about who may delete.
    """
    if target is None or target.kind != "text" or sender in target.hidden_from:
        return NotFound("There is no such message.")
    if target.expired:
        return Conflict(NOT_KEPT)
    view = view_of(target)
    if view.deleted_at is not None:
        return Conflict("That message was deleted.")
    if kind == "edited":
        return _edit_refused(sender, body, target, view)
    if kind == "deleted":
        return None if sender == target.sender or (group and _outranks(sender, target.sender, roles)) else Forbidden()
    if kind in REVISION_KINDS:
        return _reaction_refused(kind, sender, body, view)
    return None


def revise(target: Entry, revision: Entry) -> Entry:
    """The target with what ``revision`` says applied, as an update of its fold; the same again changes nothing."""
    before = target.fold or Fold(View(target.body), target.body)
    forks = dict(before.forks)
    for user in revision.hidden_from:
        if user not in target.hidden_from:
            forks.setdefault(user, before.current)
    told = (revision.kind, revision.sender, revision.body, revision.seq, revision.created_at)
    forks = {user: view if user in revision.hidden_from else view.revised(*told) for user, view in forks.items()}
    current = before.current.revised(*told)
    original = "" if current.deleted_at is not None else before.original
    return replace(target, body=current.body, fold=Fold(current, original, forks))


def hidden_from(revision_hidden: tuple[str, ...], target: Entry) -> tuple[str, ...]:
    """Who must not see a revision: whoever must not see its sender's entries, or its target."""
    return tuple(sorted({*revision_hidden, *target.hidden_from}))


def as_of(target: Entry, last: int, bodies: Mapping[int, str]) -> Entry:
    """The target as somebody who went at the number ``last`` may see it; ``bodies`` are of its edits, by number.

    What was deleted later is gone for them, too; nothing else that came after shows. How many replies it had then must be
    counted: an entry that was answered later says nothing of that.
    """
    if target.replies is not None and target.replies.rev > last:
        target = replace(target, replies=None)
    if target.fold is None or target.fold.current.rev <= last:
        return target
    view = target.fold.current
    if view.deleted_at is None:
        edits = tuple(seq for seq in view.edits if seq <= last)
        body = bodies.get(edits[-1], target.fold.original) if edits else target.fold.original
        reactions = tuple(one for one in view.reactions if one.seq <= last)
        edited_at = view.edited_at if edits and edits == view.edits else None
        view = View(body, last, edited_at, reactions=reactions, edits=edits)
    return replace(target, body=view.body, fold=Fold(view, target.fold.original))


def _edit_refused(sender: str, body: str, target: Entry, view: View) -> ChatError | None:
    if sender != target.sender:
        return Forbidden("Only who wrote a message edits it.")
    if body == view.body:
        return Conflict("It says that already.")
    return Conflict("It was edited too often.") if len(view.edits) >= MOST_EDITS else None


def _outranks(sender: str, author: str, roles: Mapping[str, Role]) -> bool:
    return may(roles[sender], "delete", roles.get(author))


def _reaction_refused(kind: str, sender: str, emoji: str, view: View) -> ChatError | None:
    there = any((one.user, one.emoji) == (sender, emoji) for one in view.reactions)
    if there == (kind == "reacted"):
        return Conflict("You reacted with that already." if there else "You did not react with that.")
    known = {one.emoji for one in view.reactions}
    full = kind == "reacted" and emoji not in known and len(known) >= MOST_EMOJI
    return Conflict("That message has all the reactions it can hold.") if full else None
