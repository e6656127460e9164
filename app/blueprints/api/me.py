"""One's own account."""

from typing import Annotated, Any

from pydantic import Field

from app.blueprints.api.account_answers import AccountView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Body, documented
from app.blueprints.api.uploads import uploaded_photo
from app.blueprints.identity import current_account, current_user_id
from app.blueprints.profile_photos import change_photo, remove_photo
from app.blueprints.security import accepts_photo
from app.services.registry import services
from app.services.views import account_view


class ProfileBody(Body):
    """What is given is changed; an empty or null ``handle`` gives it up."""

    name: Annotated[str, Field(max_length=200)] | None = None
    handle: Annotated[str, Field(max_length=60)] | None = None
    about: Annotated[str, Field(max_length=1_000)] | None = None
    met_in_groups: bool | None = None


@api.get("/me")
@documented(answer=AccountView, refusals=(401,), tag="me")
def me() -> Any:
    """Who is asking."""
    return account_view(current_account())


@api.patch("/me")
@documented(json=ProfileBody, answer=AccountView, refusals=(401, 409, 429), tag="me")
def change_me(json: ProfileBody) -> Any:
    """Change one's profile. 409 where the handle is taken; ``details.fields`` says which field is wrong."""
    services().limits.check("profile", current_user_id())
    handle = (json.handle or "").strip() if "handle" in json.model_fields_set else None
    user = services().accounts.change_profile(
        current_user_id(), name=json.name, handle=handle, about=json.about, met_in_groups=json.met_in_groups
    )
    return account_view(user)


@api.put("/me/photo")
@accepts_photo
@documented(answer=AccountView, refusals=(401, 413, 422, 429), tag="me")
def put_photo() -> Any:
    """Change one's photo: PNG, JPEG, WebP or GIF as the raw body or as ``photo`` in a multipart form."""
    change_photo(current_user_id(), uploaded_photo())
    return account_view(current_account())


@api.delete("/me/photo")
@documented(answer=AccountView, refusals=(401,), tag="me")
def delete_photo() -> Any:
    """Show no photo of oneself."""
    remove_photo(current_user_id())
    return account_view(current_account())
