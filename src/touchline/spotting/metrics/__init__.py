"""How good a timeline of events is: SoccerNet's official scores, and beside them exact ones."""
