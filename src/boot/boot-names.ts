import { type Ipv4, parseIpv4 } from '../domain/network/ipv4.ts';
import { type Mac, parseMac } from '../domain/network/mac.ts';

/** Whose file a name asks for, as far as the name says; a loader is answered by its address all the same. */
export interface NamedMachine {
  readonly mac?: Mac;
  readonly ip?: Ipv4;
}

/** What is behind a name that a loader asks for, without any folder of files being looked at. */
export type BootName =
  /** The boot script, which is counted as handed out. */
  | { readonly kind: 'script'; readonly form: 'grub' | 'pxelinux'; readonly whose: NamedMachine }
  /** What sends a loader to its script. */
  | { readonly kind: 'way'; readonly form: 'ipxe' | 'grub'; readonly whose: NamedMachine }
  | { readonly kind: 'install-file'; readonly token: string; readonly file: 'kernel' | 'initrd' }
  /** Another name of a loader. */
  | { readonly kind: 'alias'; readonly of: string }
  /** Asked for by loaders that go on at once when they hear that it is not there. */
  | { readonly kind: 'optional' };

type Rule = readonly [pattern: RegExp, read: (groups: readonly string[]) => BootName | undefined];

const NOBODY: NamedMachine = {};
const OPTIONAL: BootName = { kind: 'optional' };

/** First match counts. Names are logical ones: no leading slash, forward slashes. */
const RULES: readonly Rule[] = [
  [
    /^i\/([A-Za-z0-9_-]{1,128})\/(kernel|initrd)$/,
    ([token = '', file]) => ({ kind: 'install-file', token, file: file as 'kernel' | 'initrd' }),
  ],
  // F29: in whatever folder the iPXE came from.
  [/^(?:.*\/)?autoexec\.ipxe$/, () => ({ kind: 'way', form: 'ipxe', whose: NOBODY })],
  [
    /^boot\/grub\/([^/]+)$/,
    ([mac = '']) => withMac(mac, (whose) => ({ kind: 'script', form: 'grub', whose })),
  ],
  [
    // U-Boot asks for default-ARCH-BOARD. The gate is the same for it (F37).
    /^(?:.*\/)?pxelinux\.cfg\/(default(?:-.*)?|[^/]+)$/,
    ([suffix = '']) => ofMachine(suffix, (whose) => ({ kind: 'script', form: 'pxelinux', whose })),
  ],
  [
    /^(?:.*\/)?grub\.cfg(?:-([^/]+))?$/,
    ([suffix = 'default']) => ofMachine(suffix, (whose) => ({ kind: 'way', form: 'grub', whose })),
  ],
  // What GRUB looks for below its prefix, and is built in where Secure Boot is on.
  [/^(?:.*\/)?(?:x86_64|i386|arm64)-efi\/[^/]+\.(?:lst|mod)$/, () => OPTIONAL],
  [/^(?:grub|boot\/grub)\/(?:fonts|locale|themes)\//, () => OPTIONAL],
  // F32: what shim asks for beside its GRUB, and in which it would take a GRUB for something else.
  [/^(?:x64|aa64|ia32)\/(?:revocations|shim_certificate|mm|fb)[^/]*\.efi$/, () => OPTIONAL],
  // F32: shim takes the folder out of DHCP's file name, which for a machine that ran iPXE is the URL of a script; and
  // on some firmware it makes the name of its second stage out of garbage; it can only mean GRUB.
  [/^(?:.*\/)?grub(x64|aa64|ia32)\.efi$/, ([arch]) => ({ kind: 'alias', of: `${arch}/grub${arch}.efi` })],
  [/^(x64|aa64|ia32)\/[^/]+\.efi$/, ([folder]) => ({ kind: 'alias', of: `${folder}/grub${folder}.efi` })],
];

/** Reads a name, in any case of its letters; undefined: it is not one that this knows. */
export function readBootName(name: string): BootName | undefined {
  for (const [pattern, read] of RULES) {
    const groups = pattern.exec(name);
    if (groups !== null) return read(groups.slice(1));
  }
  return undefined;
}

/**
 * The end of a config's name: `01-` and the MAC, an address in hex (whole, or the first digits of it, which are no
 * machine's), the UUID of the machine, or `default`. Which machine asks is known by its address; a MAC or an address in
 * the name must agree with that.
 */
function ofMachine(suffix: string, made: (whose: NamedMachine) => BootName): BootName | undefined {
  const mac = /^01-(.*)$/.exec(suffix)?.[1];
  if (mac !== undefined) return withMac(mac, made);
  if (/^[0-9a-f]{8}$/i.test(suffix)) {
    const bytes = suffix.match(/../g) ?? [];
    const ip = parseIpv4(bytes.map((byte) => Number.parseInt(byte, 16)).join('.'));
    return ip === undefined ? OPTIONAL : made({ ip });
  }
  if (/^[0-9a-f]{1,7}$/i.test(suffix)) return OPTIONAL;
  const isOurs =
    /^default(?:-|$)/.test(suffix) || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(suffix);
  return isOurs ? made(NOBODY) : OPTIONAL;
}

function withMac(text: string, made: (whose: NamedMachine) => BootName): BootName {
  const mac = parseMac(text);
  return mac === undefined ? OPTIONAL : made({ mac });
}

/** The name as it may be shown: an install's token is nobody's to read. */
export function withoutToken(name: string): string {
  return name.replace(/((?:^|\/)i\/)[^/]+(?=\/)/, '$1<token>');
}
