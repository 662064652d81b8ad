"""What the bot says, on its way to Telegram: paced, delivered, answered and taken away again."""
