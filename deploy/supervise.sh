#!/bin/sh
# For a machine with neither systemd nor containers. From cron: @reboot /opt/lines-bot/supervise.sh
# The bot is started again when it ends, unless its settings cannot be used (2) or it was asked to end (0).
set -u
cd "${LINES_BOT_HOME:-/var/lib/lines-bot}" || exit 1
bot=
trap 'test -n "$bot" && kill -TERM "$bot"' TERM INT
while true; do
    "${LINES_BOT:-/opt/lines-bot/bin/lines-bot}" run >> lines-bot.log 2>&1 &
    bot=$!
    wait "$bot"
    code=$?
    # A signal ends the first wait before the bot has ended.
    if kill -0 "$bot" 2> /dev/null; then wait "$bot"; code=$?; fi
    case $code in 0 | 2) exit "$code" ;; esac
    sleep 5
done
