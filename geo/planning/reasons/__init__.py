"""Why a plan is as it is: what keeps a site off it, what would admit it, and what it would cost elsewhere."""
