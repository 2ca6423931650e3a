"""The pages of this package, one folder for each feature. Importing it adds them to the blueprint."""

from privacy.views.blueprint import bp
from privacy.views.own_data import own_pages
from privacy.views.withdrawals import own_withdrawals, staff_withdrawals

__all__ = ["bp", "own_pages", "own_withdrawals", "staff_withdrawals"]
