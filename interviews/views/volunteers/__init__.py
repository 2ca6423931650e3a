"""Pages on which people sign up, and those where staff deal with them."""

from interviews.views.volunteers import assisted_sign_up, my_page, personal_invitations, sign_up, volunteers

__all__ = ["assisted_sign_up", "my_page", "personal_invitations", "sign_up", "volunteers"]
