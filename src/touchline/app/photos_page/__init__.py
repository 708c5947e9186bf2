"""The parts of the page *Photos*, a module for each of its tabs."""
