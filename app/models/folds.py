"""How a fold (``app/domain/folds.py``) is stored on its target's own document, in names of one letter.

``b`` is the current body, ``r`` its ``rev``, ``v`` the rest of the current view, ``w`` the original body, ``p`` the forks
by reader.
"""

from typing import Any

from app.domain.folds import Fold, Reaction, View


def fold_in(document: dict[str, Any]) -> Fold:
    """The fold in the document of an entry that was revised."""
    current = _view(document["b"], document["r"], document["v"])
    forks = {user: _view(fork["b"], fork["r"], fork) for user, fork in document.get("p", {}).items()}
    return Fold(current, document.get("w", ""), forks)


def fold_update(fold: Fold) -> dict[str, Any]:
    """The update that makes a stored entry carry ``fold``."""
    current = fold.current
    changes: dict[str, Any] = {"b": current.body, "r": current.rev, "v": _parts(current), "w": fold.original}
    if fold.forks:
        changes["p"] = {user: {"b": v.body, "r": v.rev} | _parts(v) for user, v in fold.forks.items()}
    return {"$set": changes}


def _view(body: str, rev: int, parts: dict[str, Any]) -> View:
    return View(
        body,
        rev,
        edited_at=parts.get("e"),
        deleted_at=parts.get("d"),
        deleted_by=parts.get("y"),
        reactions=tuple(Reaction(*one) for one in parts.get("l", ())),
        edits=tuple(parts.get("n", ())),
    )


def _parts(view: View) -> dict[str, Any]:
    parts = {
        "e": view.edited_at,
        "d": view.deleted_at,
        "y": view.deleted_by,
        "l": [[one.user, one.emoji, one.seq] for one in view.reactions],
        "n": list(view.edits),
    }
    return {name: value for name, value in parts.items() if value}
