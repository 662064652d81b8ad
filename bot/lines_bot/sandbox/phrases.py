"""What people in the simulated company are called and say."""

CLIENTS = (
    "Анна Смирнова",
    "Игорь Васильев",
    "Мария Ким",
    "Дмитрий Орлов",
    "Ольга Белова",
    "Тимур Ахметов",
    "Екатерина Лебедева",
    "Павел Зайцев",
    "Наталья Гусева",
    "Артём Никитин",
    "Emma Clarke",
    "Liam Murphy",
    "Sofia Rossi",
    "Noah Fischer",
    "Chloé Martin",
    "Oliver Wood",
    "Mia Novak",
    "Lucas Silva",
    "Grace O'Neil",
    "Ben Carter",
)
QUESTIONS = (
    "Здравствуйте! Где мой заказ?",
    "Добрый день, можно вернуть товар без чека?",
    "Не приходит код подтверждения",
    "Сколько стоит доставка в Казань?",
    "Оплата прошла дважды, верните, пожалуйста, деньги",
    "Подскажите, когда будет в наличии 42 размер?",
    "Hello, my order has not arrived yet",
    "Hi! Can I change the delivery address?",
    "The discount code does not work",
    "I was charged twice for one order",
    "Is the shop in the city centre open on Sunday?",
    "How do I reset my password?",
)
FOLLOW_UPS = (
    "Номер заказа 48213",
    "Вот скриншот",
    "Уже жду второй день",
    "Хорошо, спасибо",
    "Понял, жду",
    "The order number is 48377",
    "Here is the photo",
    "Thank you, that helps",
    "Could you check again, please?",
)
ANSWERS = (
    "Здравствуйте! Сейчас проверю.",
    "Уточните, пожалуйста, номер заказа.",
    "Заказ передан в доставку, привезут завтра.",
    "Деньги вернутся на карту в течение трёх дней.",
    "Hello! Let me check that for you.",
    "Could you tell me the order number, please?",
    "Your parcel is on its way and arrives tomorrow.",
    "I have passed this on to our accountants.",
)
BOT_ANSWERS = ("Здравствуйте! Я бот, зову оператора.", "Hello! I am a bot, an operator will join soon.")
FILES = (
    ("Чек.pdf", 184_320),
    ("Скриншот оплаты.png", 421_888),
    ("photo_2026.jpg", 1_310_720),
    ("order-48213.pdf", 96_256),
    ("Голосовое сообщение.ogg", 58_368),
)
