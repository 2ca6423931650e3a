"""Staff and their roles, signed links for everybody else, the audit trail."""
