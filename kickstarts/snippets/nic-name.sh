<%# nic_name SYSFS MAC NAME: what the kernel calls the card with that MAC, or NAME if there is none. There is no empty line and each ends in a
backslash, so that a preseed file can have it within one of its values. %>nic_name() { \
  for nic_path in "$1"/class/net/*; do \
    [ -e "$nic_path/device" ] && [ "$(cat "$nic_path/address" 2>/dev/null)" = "$2" ] && echo "${nic_path##*/}" && return 0; \
  done; \
  echo "$3"; \
}; \
