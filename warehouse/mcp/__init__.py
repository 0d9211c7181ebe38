"""The published warehouse for programs that speak the Model Context Protocol; it can only be read."""
