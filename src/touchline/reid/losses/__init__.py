"""What training a re-identifier minimises."""
