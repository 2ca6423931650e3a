"""No further contact, no further use, erase: asked for by the person, or by coordinators for them."""
