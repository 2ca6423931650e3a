"""A small copy of each recording to listen to, and its drawn wave. The recording itself stays as it came."""
