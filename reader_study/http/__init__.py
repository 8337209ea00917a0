"""What happens to a request before and after the views: gates, headers, the page itself."""
