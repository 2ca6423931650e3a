"""Who speaks: diarisation, roles, tracks."""
