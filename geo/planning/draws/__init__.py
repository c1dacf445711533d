"""Draws of sites and teams at random (双随机) that anyone can run again and get the same."""
