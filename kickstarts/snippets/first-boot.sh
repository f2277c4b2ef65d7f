# install_first_boot ROOT: puts a unit into the system below ROOT that sends the machine's SSH host keys to the server
# after the first start, and then removes itself. Without systemd or bash there it does nothing.
install_first_boot() {
  [ -d "$1/etc/systemd/system" ] && [ -x "$1/bin/bash" ] || return 0
  mkdir -p "$1/usr/local/sbin" "$1/etc/systemd/system/multi-user.target.wants"
  cat >"$1/usr/local/sbin/provision-first-boot" <<'PROVISION_FIRST_BOOT'
#!/bin/bash
url={{ (urls.events ~ '/first-boot') | shellquote }}
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

# Neither curl nor wget is on every small system; bash can speak plain HTTP by itself.
post() {
  if [[ -n $(type -P curl) ]]; then
    curl -fsS -m 15 -o /dev/null --data "$1" "$url"
  elif [[ -n $(type -P wget) ]]; then
    wget -q -T 15 -t 1 -O /dev/null --post-data "$1" "$url"
  else
    local rest=${url#http://} status
    local address=${rest%%/*} port=80
    [[ $address == *:* ]] && port=${address##*:}
    exec 3<>"/dev/tcp/${address%:*}/$port" || return 1
    printf 'POST /%s HTTP/1.0\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s' \
      "${rest#*/}" "$address" "${#1}" "$1" >&3
    read -r -t 15 _ status _ <&3
    exec 3>&-
    [[ $status == 2* ]]
  fi
}

for _ in {1..60}; do
  keys=$(cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g')
  if [[ -n $keys ]] && post "detail=$keys"; then
    rm -f /etc/systemd/system/multi-user.target.wants/provision-first-boot.service \
      /etc/systemd/system/provision-first-boot.service /usr/local/sbin/provision-first-boot
    exit 0
  fi
  sleep 5
done
exit 1
PROVISION_FIRST_BOOT
  # the token of this installation is in the file
  chmod 700 "$1/usr/local/sbin/provision-first-boot"
  cat >"$1/etc/systemd/system/provision-first-boot.service" <<'PROVISION_UNIT'
[Unit]
Description=Report the SSH host keys to the provisioning server
Wants=network-online.target
After=network-online.target ssh.service sshd.service

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/provision-first-boot
TimeoutStartSec=infinity

[Install]
WantedBy=multi-user.target
PROVISION_UNIT
  chmod 644 "$1/etc/systemd/system/provision-first-boot.service"
  ln -sf ../provision-first-boot.service \
    "$1/etc/systemd/system/multi-user.target.wants/provision-first-boot.service"
}
