"""Volunteers: sign-up, nominations, personal invitations, needs."""
