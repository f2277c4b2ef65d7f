#!/bin/sh
# The answer file of `npm run lab -- --quick`: proves from inside the machine that what it was served is whole.
set -eu

base=${PROVISION_ANSWER%/answer}
provision-event installing 'checking what this machine is served'

wget -q -O /tmp/payload "$base/image"
sum=$(sha256sum /tmp/payload | cut -d' ' -f1)
if [ "$sum" != '{{ vars.payload_sha256 }}' ]; then
  echo "the image arrived with sha256 $sum, expected {{ vars.payload_sha256 }}"
  exit 1
fi
echo "the image is whole: $(wc -c </tmp/payload) bytes, sha256 $sum"

echo "secure boot: $(busybox dmesg | sed -n 's/.*secureboot: //p')"

disk=/dev/vda
[ -b "$disk" ] || { echo "no disk $disk"; exit 1; }
provision-event installed "checked $(wc -c </tmp/payload) bytes on $PROVISION_INTERFACE $PROVISION_MAC"
echo 'LAB-QUICK-CHECK-PASSED'
{{ vars.at_end | default('poweroff') }} -f
