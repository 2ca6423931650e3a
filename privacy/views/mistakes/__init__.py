"""The pages on which coordinators remove what was uploaded by mistake."""
