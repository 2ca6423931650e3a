"""The pages of withdrawals, for people themselves and for coordinators."""
