"""What several test areas share: finding real tools, a real PostgreSQL, a real S3 over HTTP."""
