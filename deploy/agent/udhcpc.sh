#!/bin/busybox sh
# udhcpc's hook: puts what the lease says on the interface. Called with deconfig, bound, renew, nak, leasefail.
case $1 in
  deconfig)
    ip addr flush dev "$interface"
    ip link set "$interface" up
    ;;
  bound | renew)
    ip addr flush dev "$interface"
    ip addr add "$ip/${mask:-24}" dev "$interface"
    [ -n "$mtu" ] && ip link set "$interface" mtu "$mtu"
    if [ -n "$staticroutes" ]; then
      # RFC 3442: with option 121 the router option is to be ignored
      set -- $staticroutes
      while [ $# -ge 2 ]; do
        case $2 in
          0.0.0.0) ip route add "$1" dev "$interface" ;;
          *) ip route add "$1" via "$2" dev "$interface" ;;
        esac
        shift 2
      done
    else
      for gateway in $router; do
        ip route add default via "$gateway" dev "$interface" && break
      done
    fi
    {
      [ -n "$domain" ] && echo "search $domain"
      for server in $dns; do echo "nameserver $server"; done
    } >/etc/resolv.conf
    ;;
esac
exit 0
