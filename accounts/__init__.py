"""Staff and their roles, personal links for everyone else, the audit log."""
