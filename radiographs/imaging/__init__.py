"""From files to pixels, from pixels to what the network sees, and back to pictures."""
