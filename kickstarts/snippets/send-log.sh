# send_log NAME FILE: sends the end of a log to the server, where the timeline shows it. Like a report it never fails, and
# does not ask the site's proxy.
send_log() {
  [ -s "$2" ] || return 0
  log_part=$(mktemp) || return 0
  tail -c 4000000 "$2" >"$log_part"
  log_url={{ urls.logs | shellquote }}/$1
  for log_pause in 1 2 4 0; do
    if (
      unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
      if command -v curl >/dev/null 2>&1; then
        curl -fsS -m 60 -o /dev/null --data-binary "@$log_part" "$log_url"
      else
        # not wget -T: Debian's busybox crashes on it
        timeout 60 wget -q -O /dev/null --post-file "$log_part" "$log_url"
      fi
    ); then
      break
    fi
    sleep "$log_pause"
  done
  rm -f "$log_part"
}
