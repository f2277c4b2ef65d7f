# unpack KIND: from standard input to standard output.
unpack() {
  case $1 in
    none) cat ;;
    gzip) gzip -dc ;;
    bzip2) bzip2 -dc ;;
    xz) xz -dc ;;
    zstd) zstd -dc ;;
    *) return 1 ;;
  esac
}

# write_image URL SHA256 KIND TARGET WORK: streams the image to TARGET and checks the digest of what came over the
# network; nothing is kept. WORK is an empty folder. On failure it prints the reason and fails; TARGET then begins with
# zeros, so that nothing boots from half an image.
# A pipe gives the status of its last command only, so each part leaves its own in a file. A fifo takes the place of
# the process substitution that this shell does not have.
write_image() {
  write_work=$5
  case $3 in
    none) ;;
    *) command -v "$3" >/dev/null || { echo "this deploy agent has no $3 to unpack the image" && return 1; } ;;
  esac
  mkfifo "$write_work/copy"
  sha256sum <"$write_work/copy" >"$write_work/sum" &
  write_hasher=$!
  {
    # no wget -T (Debian's busybox crashes on it): a connection that stalls must not hold the machine for ever
    timeout 14400 wget -q -O - "$1"
    echo $? >"$write_work/fetch"
  } | tee "$write_work/copy" | {
    unpack "$3"
    echo $? >"$write_work/unpack"
    # what is left, if the unpacking ended early: the digest is over the whole file
    cat >/dev/null
  } | {
    dd of="$4" bs=4M iflag=fullblock conv=fsync,notrunc 2>"$write_work/dd"
    echo $? >"$write_work/write"
  }
  wait "$write_hasher"
  write_reason=
  [ "$(cat "$write_work/write")" = 0 ] || write_reason="the image could not be written to $4: $(tail -n 1 "$write_work/dd")"
  [ "$(cut -d ' ' -f 1 "$write_work/sum")" = "$2" ] || write_reason="${write_reason:-the image has not the expected digest}"
  [ "$(cat "$write_work/unpack")" = 0 ] || write_reason=${write_reason:-the image could not be unpacked}
  [ "$(cat "$write_work/fetch")" = 0 ] || write_reason="the image could not be fetched completely"
  rm -f "$write_work/copy"
  [ -z "$write_reason" ] && return 0
  dd if=/dev/zero of="$4" bs=1M count=8 conv=fsync,notrunc 2>/dev/null
  echo "$write_reason"
  return 1
}
