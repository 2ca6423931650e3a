"""Write a call in the browser: its parts, its questions, what publishing changes. Pages: views/call_editor."""
