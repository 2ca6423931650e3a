"""The audit log as coordinators search it."""
