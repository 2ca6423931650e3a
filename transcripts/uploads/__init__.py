"""Files that arrive in parts and can go on where they stopped (tus); the parts become one recording."""
