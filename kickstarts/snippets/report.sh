# report STAGE [DETAIL]: tells the server how far this machine is. It never fails: a report that is lost is not
# worth a machine that is half installed. The site's proxy is not asked, it would swallow the report.
report() {
  report_body="detail=$(printf '%s' "${2:-}" | head -c 4000 | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g')"
  report_url={{ urls.events | shellquote }}/$1
  for report_pause in 1 2 4 8 0; do
    if (
      unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
      if command -v curl >/dev/null 2>&1; then
        curl -fsS -m 15 -o /dev/null --data "$report_body" "$report_url"
      else
        # not wget -T: Debian's busybox crashes on it
        timeout 15 wget -q -O /dev/null --post-data "$report_body" "$report_url"
      fi
    ); then
      return 0
    fi
    sleep "$report_pause"
  done
  echo "provision: stage $1 could not be reported" >&2
}
