"""刷课: from clip to clip by a swipe, with a reason for each and an end."""
