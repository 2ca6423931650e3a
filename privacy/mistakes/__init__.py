"""Remove what was uploaded by mistake."""
