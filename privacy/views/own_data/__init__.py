"""The pages on which somebody sees, corrects and downloads what we have of them."""
