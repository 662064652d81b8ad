"""What Telegram hands over, on its way to a handler: who asks, where, how much, and what is meant."""
