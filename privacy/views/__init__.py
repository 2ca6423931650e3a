"""The pages of this package, one folder for each feature. Importing it adds them to the blueprint."""

from privacy.views.audit_log import audit_pages
from privacy.views.blueprint import bp
from privacy.views.mistakes import removals
from privacy.views.own_data import own_pages
from privacy.views.withdrawals import own_withdrawals, staff_withdrawals

__all__ = ["audit_pages", "bp", "own_pages", "own_withdrawals", "removals", "staff_withdrawals"]
