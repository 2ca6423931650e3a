"""What people were promised: backup and restore so far."""
