"""Volunteers: sign-up, nominations, personal invitations, their messages and needs."""
