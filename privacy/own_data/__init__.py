"""What we have of a person: shown to them, corrected, and given to them as a copy."""
