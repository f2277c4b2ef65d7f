#!/bin/sh
# Deploys {{ profile.name }} to {{ system.name }}: writes a disk image and makes it this machine's own.
# Runs in the deploy agent: busybox' ash and commands; the agent restarts the machine when this ends well.
set -u

image_url={{ image.url | shellquote }}
image_sha256={{ image.sha256 | shellquote }}
image_kind={{ image.compression | shellquote }}
wanted_disk={{ settings.disk | default('') | shellquote }}
min_disk_gb={{ settings.minDiskGb }}
root_partition={{ settings.rootPartition }}
host_name={{ system.hostname | shellquote }}
full_name={{ system.fqdn | shellquote }}
{% if settings.rootPasswordHash %}
root_password_hash={{ settings.rootPasswordHash | secret | shellquote }}
{% else %}
root_password_hash=
{% endif %}

{% include 'snippets/report.sh' %}

{% include 'snippets/send-log.sh' %}

{% include 'snippets/choose-disk.sh' %}

{% include 'snippets/write-image.sh' %}

{% include 'snippets/first-boot.sh' %}
{% if not network.isPlain %}

{% include 'snippets/network-image.sh' %}
{% endif %}
{% if puppet %}

{% include 'snippets/puppet-agent.sh' %}
:
{% endif %}

authorized_keys() {
{% for key in settings.sshKeys %}
  printf '%s\n' {{ key | shellquote }}
{% else %}
  :
{% endfor %}
}

# note TEXT: on the console, and where the agent has a syslog, to the server.
note() {
  echo "provision: $1" >&2
  [ -z "${PROVISION_INTERFACE:-}" ] || logger -t provision "$1"
}

give_up() {
  note "$1"
  report failed "$1"
  send_log scripts /tmp/answer.log
  exit 1
}
{% if syslog %}

# Within the agent, what the kernel and this script say goes to the server as it happens.
if [ -n "${PROVISION_INTERFACE:-}" ]; then
  syslogd -R {{ syslog.host }}:{{ syslog.port }}
  klogd
fi
{% endif %}

# partition_device DISK NUMBER: sda 1 -> /dev/sda1, nvme0n1 1 -> /dev/nvme0n1p1
partition_device() {
  case $1 in
    *[0-9]) echo "/dev/$1p$2" ;;
    *) echo "/dev/$1$2" ;;
  esac
}

# The kernel still has the partitions of whatever was on the disk before.
reread_partitions() {
  sync
  blockdev --rereadpt "/dev/$1" 2>/dev/null || partprobe "/dev/$1" 2>/dev/null
  for reread_pause in 1 1 1 2 3 5; do
    [ -b "$2" ] && return 0
    sleep "$reread_pause"
    # where no devtmpfs makes device nodes
    mdev -s 2>/dev/null
  done
  [ -b "$2" ]
}

# set_password ROOT: the hash goes through the environment, command lines can be read by everybody.
set_password() {
  [ -n "$root_password_hash" ] || return 0
  [ -f "$1/etc/shadow" ] || return 1
  hash=$root_password_hash awk 'BEGIN { FS = OFS = ":" } $1 == "root" { $2 = ENVIRON["hash"]; found = 1 } { print }
    END { exit !found }' "$1/etc/shadow" >"$work/shadow" || return 1
  cat "$work/shadow" >"$1/etc/shadow"
  rm -f "$work/shadow"
}

set_keys() {
  [ -n "$(authorized_keys)" ] || return 0
  mkdir -p "$1/root/.ssh" && chmod 700 "$1/root/.ssh" &&
    authorized_keys >"$1/root/.ssh/authorized_keys" && chmod 600 "$1/root/.ssh/authorized_keys"
}

set_names() {
  echo "$host_name" >"$1/etc/hostname" || return 1
  [ -f "$1/etc/hosts" ] || echo "127.0.0.1 localhost" >"$1/etc/hosts"
  grep -v '^127\.0\.1\.1[[:space:]]' "$1/etc/hosts" >"$work/hosts"
  # one name only once, where there is no domain
  if [ "$full_name" = "$host_name" ]; then echo "127.0.1.1 $host_name"; else echo "127.0.1.1 $full_name $host_name"; fi >>"$work/hosts"
  cat "$work/hosts" >"$1/etc/hosts"
}

# Cloud images look for a cloud to configure them, and would undo what is set here. They keep their DHCP.
quiet_cloud_init() {
  [ -d "$1/etc/cloud/cloud.cfg.d" ] || return 0
  cat >"$1/etc/cloud/cloud.cfg.d/99-provision.cfg" <<'PROVISION_CLOUD'
datasource_list: [ None ]
preserve_hostname: true
disable_root: false
PROVISION_CLOUD
}

personalise() {
  set_names "$1" || { echo "the host name could not be set" && return 1; }
  set_keys "$1" || { echo "the SSH keys could not be written" && return 1; }
  set_password "$1" || { echo "the root password could not be set" && return 1; }
{% if not network.isPlain %}
{% if network.isComposed or network.hasVlans %}
  install_network "$1" || { echo "the network could not be set up: the image has neither NetworkManager nor systemd-networkd" && return 1; }
{% else %}
  install_network "$1" || note "the image has neither NetworkManager nor systemd-networkd, and keeps its own network"
{% endif %}
{% endif %}
{% if puppet %}
  install_puppet "$1" || { echo "what the Puppet agent needs could not be written" && return 1; }
{% endif %}
  quiet_cloud_init "$1" && install_first_boot "$1" || { echo "the first-boot unit could not be written" && return 1; }
}

work=$(mktemp -d) || give_up "no room for temporary files"
disk=$(choose_disk /sys "$wanted_disk" "$min_disk_gb") || give_up "$disk"
report installing "writing the image to $disk"
report progress image
note "writing the image to $disk"
reason=$(write_image "$image_url" "$image_sha256" "$image_kind" "/dev/$disk" "$work") || give_up "$reason"
root_device=$(partition_device "$disk" "$root_partition")
reread_partitions "$disk" "$root_device" || give_up "the image has no partition $root_partition"
report progress settings
mkdir -p "$work/root"
mount "$root_device" "$work/root" || give_up "$root_device could not be mounted"
reason=$(personalise "$work/root") || give_up "$reason"
sync
umount "$work/root" || give_up "$root_device could not be unmounted"
send_log scripts /tmp/answer.log
report installed "image $image_sha256 on $disk, root on $root_device"
