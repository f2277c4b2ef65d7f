/** Names of key types as OpenSSH writes them: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `sk-ssh-ed25519@openssh.com`. */
const KEY_TYPE = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]{1,50}$/;

/** An SSH server has one of each of three or four kinds. */
const MOST_KEYS = 8;

/** An RSA key of 16384 bits has 2060 bytes. */
const LONGEST_KEY = 4096;

/**
 * The public host keys in what a machine reports, at most 8, each once, as `type base64`: a line of
 * `/etc/ssh/ssh_host_*_key.pub` without its comment. The text is a machine's word, and line ends may have become spaces on its
 * way. Only what is a type followed by a key of that very type is taken (RFC 4253 §6.6: the key begins with its type), so that nothing
 * else can get into a known_hosts file.
 */
export function parseHostKeys(text: string): string[] {
  const words = text.split(/\s+/);
  const keys = words.flatMap((type, index) => {
    const key = words[index + 1];
    return key !== undefined && KEY_TYPE.test(type) && isKeyOf(type, key) ? [`${type} ${key}`] : [];
  });
  return [...new Set(keys)].slice(0, MOST_KEYS);
}

function isKeyOf(type: string, base64: string): boolean {
  if (base64.length > LONGEST_KEY || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return false;
  const bytes = Buffer.from(base64, 'base64');
  const name = Buffer.from(type, 'latin1');
  return (
    bytes.length > name.length + 4 &&
    bytes.readUInt32BE(0) === name.length &&
    bytes.subarray(4, 4 + name.length).equals(name)
  );
}
