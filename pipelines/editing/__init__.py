"""Changes that people make in the browser: written like those of the commands, and effective at once."""
