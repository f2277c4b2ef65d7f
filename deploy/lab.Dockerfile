# The lab: QEMU, firmware and the tools that it needs, with the whole checkout. Run privileged.
FROM node:20-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    qemu-system-x86 ovmf ipxe busybox-static iproute2 debootstrap e2fsprogs dosfstools mtools fdisk cpio kmod \
    openssh-client curl tcpdump dnsmasq-base openipmi ipmitool ansible-core
WORKDIR /opt/provision
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node scripts/run.mjs build
ENTRYPOINT ["node", "scripts/run.mjs", "lab"]
