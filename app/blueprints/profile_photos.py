"""Changing one's photo: the same for the first visit, the settings and the API."""

from app.services.registry import services


def change_photo(user: str, upload: bytes) -> str:
    """Show ``upload`` as the user's photo; its new id. Raises RateLimited, Invalid, TooLarge."""
    services().limits.check("photo", user)
    photo = services().photos.store(user, upload)
    _replace(user, photo)
    return photo


def remove_photo(user: str) -> None:
    """Show no photo of the user."""
    _replace(user, None)


def _replace(user: str, photo: str | None) -> None:
    before = services().accounts.change_avatar(user, photo)
    if before:
        services().photos.remove(before)
