"""The whole job from outside: HTTP, SMTP and command lines only, none of our own functions."""
