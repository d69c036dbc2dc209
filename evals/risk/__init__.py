"""`tierwise eval risk`: what a learned risk is worth on tickets it has not seen."""
