"""Volunteers, slots, bookings, calendar invitations and the interview script."""
