"""What a training may take: estimated before it starts, kept to while it runs."""
