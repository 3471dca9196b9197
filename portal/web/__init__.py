"""What all pages share: access, sessions, security headers, CSRF, limits, errors."""
