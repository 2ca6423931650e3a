"""The calendar invitations that we send."""
