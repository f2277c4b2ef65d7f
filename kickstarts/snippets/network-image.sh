# install_network ROOT: the interfaces of the record for the system below ROOT. NetworkManager reads them where it is
# switched on there, else systemd-networkd, which is then switched on. Cards by their MACs, since the agent has no udev and
# so other names for them than that system.
install_network() {
  network_wants=$1/etc/systemd/system/multi-user.target.wants
  if [ -e "$network_wants/NetworkManager.service" ]; then
    mkdir -p "$1/etc/NetworkManager/system-connections" || return 1
    (umask 077 && write_keyfiles "$1/etc/NetworkManager/system-connections") || return 1
    # what was written from outside has no label, and would not be read
    ! grep -q '^SELINUX=enforcing' "$1/etc/selinux/config" 2>/dev/null || touch "$1/.autorelabel"
    quiet_cloud_network "$1"
    return
  fi
  [ -e "$1/usr/lib/systemd/systemd-networkd" ] || [ -e "$1/lib/systemd/systemd-networkd" ] || return 1
  network_online=$1/etc/systemd/system/network-online.target.wants
  mkdir -p "$1/etc/systemd/network" "$network_wants" "$network_online" || return 1
  write_networkd "$1/etc/systemd/network" || return 1
  network_units=/lib/systemd/system
  ln -sf $network_units/systemd-networkd.service "$network_wants/systemd-networkd.service" || return 1
  ln -sf $network_units/systemd-networkd-wait-online.service "$network_online/systemd-networkd-wait-online.service" || return 1
  # ifupdown would take the cards for itself
  if [ -f "$1/etc/network/interfaces" ]; then
    mv "$1/etc/network/interfaces" "$1/etc/network/interfaces.before-provision" || return 1
    printf '%s\n' 'auto lo' 'iface lo inet loopback' >"$1/etc/network/interfaces"
  fi
  write_resolver "$1" && quiet_cloud_network "$1"
}

# Its DHCP would be beside what is written here.
quiet_cloud_network() {
  [ ! -d "$1/etc/cloud/cloud.cfg.d" ] || echo 'network: {config: disabled}' >"$1/etc/cloud/cloud.cfg.d/99-provision-network.cfg"
}

# write_resolver ROOT: the name servers of the record, where no systemd-resolved is told of them.
write_resolver() {
  for resolver_wants in multi-user sysinit; do
    [ ! -e "$1/etc/systemd/system/$resolver_wants.target.wants/systemd-resolved.service" ] || return 0
  done
  resolver_lines=$(name_servers)
  [ -n "$resolver_lines" ] || return 0
  rm -f "$1/etc/resolv.conf" && echo "$resolver_lines" >"$1/etc/resolv.conf"
}

name_servers() {
{% for nic in network.devices %}
{% if nic.method == 'static' %}
{% for address in nic.dns %}
  echo 'nameserver {{ address }}'
{% endfor %}
{% endif %}
{% endfor %}
  :
}

# Begins with 05, so that what the image brings along comes too late for the same card.
write_networkd() {
{% for nic in network.devices %}
{% if nic.type != 'ethernet' %}
  cat >"$1/05-provision-{{ nic.name }}.netdev" <<'PROVISION_NETDEV' || return 1
[NetDev]
Name={{ nic.name }}
Kind={{ nic.type }}
{% if nic.method == 'dhcp' and nic.parents and nic.parents[0].mac %}
MACAddress={{ nic.parents[0].mac }}
{% endif %}
{% if nic.type == 'bond' %}

[Bond]
Mode={{ nic.bondMode }}
MIIMonitorSec=100ms
{% elif nic.type == 'vlan' %}

[VLAN]
Id={{ nic.vlan }}
{% else %}

[Bridge]
STP=no
ForwardDelaySec=0
{% endif %}
PROVISION_NETDEV
{% endif %}
  cat >"$1/05-provision-{{ nic.name }}.network" <<'PROVISION_NETWORK' || return 1
[Match]
{% if nic.type == 'ethernet' and nic.mac %}
PermanentMACAddress={{ nic.mac }}
{% else %}
Name={{ nic.name }}
{% endif %}
{% if nic.mtu or nic.method == 'manual' %}

[Link]
{% if nic.mtu %}
MTUBytes={{ nic.mtu }}
{% endif %}
{% if nic.method == 'manual' %}
RequiredForOnline=no
{% endif %}
{% endif %}

[Network]
{% for upper in network.devices %}
{% for parent in upper.parents %}
{% if parent.name == nic.name %}
{% if upper.type == 'vlan' %}
VLAN={{ upper.name }}
{% else %}
{{ 'Bond' if upper.type == 'bond' else 'Bridge' }}={{ upper.name }}
{% endif %}
{% endif %}
{% endfor %}
{% endfor %}
{% if nic.method == 'static' %}
Address={{ nic.ip }}/{{ nic.prefix }}
{% for address in nic.addresses %}
Address={{ address.ip }}/{{ address.prefix }}
{% endfor %}
{% if nic.gateway and nic.hasDefaultRoute %}
Gateway={{ nic.gateway }}
{% endif %}
{% for address in nic.dns %}
DNS={{ address }}
{% endfor %}
{% elif nic.method == 'dhcp' %}
DHCP=ipv4
{% else %}
LinkLocalAddressing=no
IPv6AcceptRA=no
{% endif %}
{% if nic.method == 'dhcp' %}

[DHCPv4]
ClientIdentifier=mac
{% if not nic.hasDefaultRoute %}
UseGateway=no
{% endif %}
{% endif %}
{% for route in nic.routes %}

[Route]
Destination={{ route.to }}
Gateway={{ route.via }}
{% endfor %}
PROVISION_NETWORK
{% endfor %}
  :
}

# NetworkManager makes the connections' ids out of the names of the files.
write_keyfiles() {
{% for nic in network.devices %}
  cat >"$1/provision-{{ nic.name }}.nmconnection" <<'PROVISION_KEYFILE' || return 1
[connection]
id={{ nic.name }}
type={{ nic.type }}
autoconnect-priority=10
{% if nic.type != 'ethernet' or not nic.mac %}
interface-name={{ nic.name }}
{% endif %}
{% for upper in network.devices %}
{% if upper.type != 'vlan' %}
{% for parent in upper.parents %}
{% if parent.name == nic.name %}
master={{ upper.name }}
slave-type={{ upper.type }}
{% endif %}
{% endfor %}
{% endif %}
{% endfor %}
{% if nic.type == 'bond' or nic.type == 'bridge' %}
autoconnect-slaves=1
{% endif %}

[ethernet]
{% if nic.type == 'ethernet' and nic.mac %}
mac-address={{ nic.mac }}
{% elif nic.type == 'vlan' and nic.parents[0].mac %}
mac-address={{ nic.parents[0].mac }}
{% elif nic.method == 'dhcp' and nic.parents and nic.parents[0].mac %}
cloned-mac-address={{ nic.parents[0].mac }}
{% endif %}
{% if nic.mtu %}
mtu={{ nic.mtu }}
{% endif %}
{% if nic.type == 'bond' %}

[bond]
mode={{ nic.bondMode }}
miimon=100
{% elif nic.type == 'vlan' %}

[vlan]
id={{ nic.vlan }}
{% if not nic.parents[0].mac %}
parent={{ nic.parents[0].name }}
{% endif %}
{% elif nic.type == 'bridge' %}

[bridge]
stp=false
{% endif %}

[ipv4]
{% if nic.method == 'static' %}
method=manual
address1={{ nic.ip }}/{{ nic.prefix }}
{% for address in nic.addresses %}
address{{ loop.index + 1 }}={{ address.ip }}/{{ address.prefix }}
{% endfor %}
{% if nic.gateway and nic.hasDefaultRoute %}
gateway={{ nic.gateway }}
{% endif %}
{% if nic.dns %}
dns={{ nic.dns | join(';') }};
{% endif %}
{% elif nic.method == 'dhcp' %}
method=auto
dhcp-client-id=mac
{% else %}
method=disabled
{% endif %}
{% if nic.method != 'manual' and not nic.hasDefaultRoute %}
never-default=true
{% endif %}
{% for route in nic.routes %}
route{{ loop.index }}={{ route.to }},{{ route.via }}
{% endfor %}

[ipv6]
method={{ 'disabled' if nic.method == 'manual' else 'auto' }}
PROVISION_KEYFILE
{% endfor %}
  :
}
