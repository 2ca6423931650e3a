"""Pages to sign up, “Your page”, and the pages of staff about volunteers."""

from interviews.views.volunteers import assisted_sign_up, my_page, personal_invitations, sign_up, volunteers

__all__ = ["assisted_sign_up", "my_page", "personal_invitations", "sign_up", "volunteers"]
