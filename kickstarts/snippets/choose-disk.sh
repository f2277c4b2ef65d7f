# The disk is chosen from what the kernel says in sysfs: the one that is named, or else the only one that qualifies.
# Never a guess: names like sda change with the order in which the kernel finds the disks.

# usable_disks SYSFS GB: names of the disks that may be written, one a line: at least GB (10^9 bytes), not USB, not
# removable, not read-only, no memory card, nothing that is made of other devices.
usable_disks() {
  for disk_path in "$1"/block/*; do
    disk_name=${disk_path##*/}
    case $disk_name in
      loop* | ram* | zram* | sr* | fd* | dm-* | md* | nbd* | mtdblock* | mmcblk*boot* | mmcblk*rpmb) continue ;;
    esac
    case $(readlink -f "$disk_path") in */usb[0-9]*) continue ;; esac
    [ "$(cat "$disk_path/removable" 2>/dev/null)" = 0 ] || continue
    [ "$(cat "$disk_path/ro" 2>/dev/null)" = 0 ] || continue
    [ "$(cat "$disk_path/hidden" 2>/dev/null || echo 0)" = 0 ] || continue
    [ "$(cat "$disk_path/device/type" 2>/dev/null)" != SD ] || continue
    [ "$(cat "$disk_path/size" 2>/dev/null || echo 0)" -ge $(($2 * 1953125)) ] || continue
    echo "$disk_name"
  done
}

# disk_ids SYSFS NAME: what /dev/disk/by-id calls the disk, for systems that have no such folder.
disk_ids() {
  id_path=$1/block/$2
  id_wwid=$(cat "$id_path/device/wwid" 2>/dev/null || cat "$id_path/wwid" 2>/dev/null)
  id_serial=$(cat "$id_path/serial" 2>/dev/null)
  case $id_wwid in
    naa.*) echo "wwn-0x${id_wwid#naa.}" ;;
    eui.*) echo "nvme-$id_wwid" ;;
  esac
  [ -z "$id_serial" ] || echo "virtio-$id_serial"
  case $2 in
    nvme*)
      id_model=$(sed 's/ *$//; s/ /_/g' "$id_path/device/model" 2>/dev/null)
      id_serial=$(sed 's/ //g' "$id_path/device/serial" 2>/dev/null)
      echo "nvme-${id_model}_$id_serial"
      ;;
  esac
}

# named_disk SYSFS DEVICE: the kernel's name of a disk given as a path below /dev; fails if there is none.
named_disk() {
  if [ -e "$2" ]; then
    named_path=$(readlink -f "$2")
    echo "${named_path##*/}"
    return 0
  fi
  for named_path in "$1"/block/*; do
    named_name=${named_path##*/}
    [ "$2" = "/dev/$named_name" ] && echo "$named_name" && return 0
    for named_id in $(disk_ids "$1" "$named_name"); do
      [ "$2" = "/dev/disk/by-id/$named_id" ] && echo "$named_name" && return 0
    done
  done
  return 1
}

# list_disks SYSFS: every block device with a size, for people.
list_disks() {
  for list_path in "$1"/block/*; do
    list_size=$(cat "$list_path/size" 2>/dev/null || echo 0)
    list_model=$(sed 's/ *$//' "$list_path/device/model" 2>/dev/null)
    [ "$list_size" -ge 1953125 ] && printf '%s' "${list_path##*/} $((list_size / 1953125)) GB${list_model:+ $list_model}; "
  done
  return 0
}

# choose_disk SYSFS DEVICE GB: prints the name of the disk to install on. DEVICE may be empty. Where there is not exactly
# one it prints why, with a list of what there is, and fails.
choose_disk() {
  choose_usable=$(usable_disks "$1" "$3")
  if [ -n "$2" ]; then
    if ! choose_name=$(named_disk "$1" "$2"); then
      echo "there is no disk $2; found: $(list_disks "$1")"
      return 1
    fi
    for choose_candidate in $choose_usable; do
      [ "$choose_candidate" = "$choose_name" ] && echo "$choose_name" && return 0
    done
    echo "$2 ($choose_name) is USB, removable, read-only or smaller than $3 GB; found: $(list_disks "$1")"
    return 1
  fi
  choose_count=0
  for choose_name in $choose_usable; do choose_count=$((choose_count + 1)); done
  case $choose_count in
    1) echo "$choose_name" ;;
    0) echo "no disk of $3 GB or more; found: $(list_disks "$1")" && return 1 ;;
    *) echo "$choose_count disks qualify, name one of them in settings.disk; found: $(list_disks "$1")" && return 1 ;;
  esac
}
