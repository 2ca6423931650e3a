"""Calendar mail both ways: invitations that leave, replies that come back, and private feeds."""
