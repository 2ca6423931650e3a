"""The pages of this package, one module or folder for each feature. Importing it adds them to the blueprint."""

from accounts.views import outgoing_mail, people, second_factor, sign_in, staff_sessions
from accounts.views.blueprint import bp

__all__ = ["bp", "outgoing_mail", "people", "second_factor", "sign_in", "staff_sessions"]
