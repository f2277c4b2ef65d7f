<%# write_interfaces SYSFS FOLDER: the interfaces of the record, as ifupdown reads them, into FOLDER (etc/network). Each line ends in a backslash and
has no other one: see nic-name.sh, which comes before it. %>write_interfaces() { \
  mkdir -p "$2/interfaces.d"; \
  { echo 'auto lo'; echo 'iface lo inet loopback'; echo 'source /etc/network/interfaces.d/*'; } > "$2/interfaces"; \
  { \
{% for nic in network.devices %}
{% if nic.method != 'manual' or nic.type != 'ethernet' %}
    nic={% if nic.type == 'ethernet' and nic.mac %}$(nic_name "$1" {{ nic.mac }} {{ nic.name }}){% else %}{{ nic.name }}{% endif %}; \
    echo "auto $nic"; echo "iface $nic inet {{ nic.method }}"; \
{% if nic.method == 'static' %}
    echo '  address {{ nic.ip }}/{{ nic.prefix }}'; \
{% if nic.gateway and nic.hasDefaultRoute %}
    echo '  gateway {{ nic.gateway }}'; \
{% endif %}
{% if nic.dns %}
    echo '  dns-nameservers {{ nic.dns | join(' ') }}'; \
{% endif %}
{% endif %}
{% if nic.type == 'bond' %}
    echo "  bond-slaves{% for member in nic.parents %} {% if member.mac %}$(nic_name "$1" {{ member.mac }} {{ member.name }}){% else %}{{ member.name }}{% endif %}{% endfor %}"; \
    echo '  bond-mode {{ nic.bondMode }}'; echo '  bond-miimon 100'; \
{% elif nic.type == 'bridge' %}
    echo "  bridge_ports{% for member in nic.parents %} {% if member.mac %}$(nic_name "$1" {{ member.mac }} {{ member.name }}){% else %}{{ member.name }}{% endif %}{% else %} none{% endfor %}"; \
    echo '  bridge_stp off'; echo '  bridge_fd 0'; \
{% elif nic.type == 'vlan' %}
    below={% if nic.parents[0].mac %}$(nic_name "$1" {{ nic.parents[0].mac }} {{ nic.parents[0].name }}){% else %}{{ nic.parents[0].name }}{% endif %}; \
    echo "  pre-up ip link set up dev $below"; \
    echo "  pre-up [ -e /sys/class/net/$nic ] || ip link add link $below name $nic type vlan id {{ nic.vlan }}"; \
    echo "  post-down ip link delete $nic || true"; \
{% endif %}
{% if nic.mtu %}
    echo "  pre-up ip link set dev $nic mtu {{ nic.mtu }}{% if nic.type == 'bond' %} || true{% endif %}"; \
    echo "  post-up ip link set dev $nic mtu {{ nic.mtu }}"; \
{% endif %}
{% for route in nic.routes %}
    echo "  post-up ip route replace {{ route.to }} via {{ route.via }} dev $nic"; \
{% endfor %}
{% for address in nic.addresses %}
    echo "iface $nic inet static"; echo '  address {{ address.ip }}/{{ address.prefix }}'; \
{% endfor %}
{% endif %}
{% endfor %}
  } > "$2/interfaces.d/provision"; \
}; \
