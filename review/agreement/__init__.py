"""Double coding: rounds, how far coders agree, and what they did not agree on."""
