"""Where the players and the ball are in a video, as extra input of a spotter."""
