"""From sound to words: Whisper behind a Protocol, window by window. Only the long worker imports torch."""
