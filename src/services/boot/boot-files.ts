import { type BootName, readBootName } from '../../boot/boot-names.ts';
import { renderGrubConfig } from '../../boot/grub.ts';
import { renderAutoexec } from '../../boot/ipxe.ts';
import { waysToLoader } from '../../boot/loaders.ts';
import type { Mac } from '../../domain/network/mac.ts';
import type { Deps } from '../deps.ts';
import type { BootService, Caller, Delivery, Refusal } from './boot.ts';

/** What is behind a name that a loader asks for by TFTP or HTTP. */
export type BootFile =
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly contentType: string }
  /** A large file; `delivered` hears what of it has left. */
  | { readonly kind: 'path'; readonly path: string; readonly delivered: (sent: Delivery) => void }
  /** `isOptional`: the loader goes on without it, so that nobody needs to read of it. */
  | { readonly kind: 'none'; readonly refusal: Refusal; readonly isOptional: boolean };

/** The content type of loaders, and of nothing that is made for one machine. */
export const LOADER_TYPE = 'application/octet-stream';

/** A loader's bytes by its logical name; undefined: it is not there. */
export type FindLoader = (name: string) => Promise<Buffer | undefined>;

/**
 * Everything that loaders ask for by names of their own, at the moment in which they ask: the same answers by TFTP and
 * HTTP, by the same policy and from the same install (F37). A name may hold a MAC or an address, but who asks is known
 * by the address that it asks from.
 */
export function bootFileService({ store, now }: Deps, boot: BootService, findLoader: FindLoader) {
  const macOf = (caller: Caller): Mac | undefined =>
    store.dhcp.findMacOf(caller.address, now()) as Mac | undefined;

  const made = async (name: BootName, caller: Caller): Promise<BootFile> => {
    switch (name.kind) {
      case 'optional':
        return none({ refused: 'unknown', reason: 'there is no such file, and none is needed' }, true);
      case 'alias':
        return loader(name.of);
      case 'install-file': {
        const file = await boot.file(name.token, name.file, caller);
        if ('refused' in file) return none(file);
        return file.kind === 'path' ? file : plainText(file.bytes);
      }
      case 'way':
      case 'script': {
        const mac = name.whose.mac ?? macOf(caller);
        if (mac === undefined)
          return none({ refused: 'unknown', reason: 'no machine is known by this address' });
        if (name.whose.ip !== undefined && name.whose.ip !== caller.address)
          return none({ refused: 'not-yours', reason: 'the name says another address' });
        const script =
          name.kind === 'script' ? await boot.script(mac, caller, name.form) : way(name.form, mac, caller);
        return typeof script === 'string' ? text(script) : none(script);
      }
    }
  };

  /** What sends a loader to its script; the gate is the script's. */
  const way = (form: 'ipxe' | 'grub', mac: Mac, caller: Caller): string | Refusal => {
    const welcome = boot.judge(mac, caller);
    if ('refused' in welcome) return welcome;
    if (form === 'ipxe') return renderAutoexec(caller.server);
    return renderGrubConfig(mac, caller.server);
  };

  const loader = async (name: string): Promise<BootFile> => {
    const bytes = await findLoader(name);
    if (bytes !== undefined) return { kind: 'bytes', bytes, contentType: LOADER_TYPE };
    const ways = waysToLoader(name);
    const reason = ways === undefined ? 'there is no such file' : `${name} is not installed; ${ways}`;
    return none({ refused: 'unknown', reason });
  };

  return {
    /** A loader, and nothing that is made for the machine that asks. */
    findLoader: loader,

    /** `name` is a logical one: no leading slash, forward slashes, any case. */
    async find(name: string, caller: Caller): Promise<BootFile> {
      // A loader's own file wins: MokManager is optional, and may be there.
      const found = await loader(name);
      if (found.kind !== 'none') return found;
      const known = readBootName(name);
      // A shim that is not installed is missing; what shim makes of GRUB's name is GRUB.
      const isMissing = known?.kind === 'alias' && waysToLoader(name) !== undefined;
      return known === undefined || isMissing ? found : made(known, caller);
    },
  };
}

export type BootFileService = ReturnType<typeof bootFileService>;

function text(content: string): BootFile {
  return plainText(Buffer.from(content, 'utf8'));
}

function plainText(bytes: Buffer): BootFile {
  return { kind: 'bytes', bytes, contentType: 'text/plain; charset=utf-8' };
}

function none(refusal: Refusal, isOptional = false): BootFile {
  return { kind: 'none', refusal, isOptional };
}
