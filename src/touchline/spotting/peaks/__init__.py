"""From scores for every step to events: one code for a finished video and for a live one."""
