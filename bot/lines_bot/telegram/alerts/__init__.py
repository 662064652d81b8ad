"""What chats see of alerts: live cards, what is said beside them, and what people do about them."""
