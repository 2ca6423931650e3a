"""What is mailed to many or by the clock: reminders, wordings, mass mail."""
