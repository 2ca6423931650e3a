"""Rows of this package."""

from privacy.models.own_data import CopyState, CorrectionRequest, PersonalCopy
from privacy.models.withdrawals import WithdrawalRequest, WithdrawalState

__all__ = ["CopyState", "CorrectionRequest", "PersonalCopy", "WithdrawalRequest", "WithdrawalState"]
