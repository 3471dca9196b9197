"""Pages of people with themselves: signing in and up, the account, its second factor, organisations and members."""
