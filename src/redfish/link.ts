import { BmcError } from '../domain/power/bmc-error.ts';
import { bmcText } from './bmc-text.ts';

/** Stands for the BMC itself where references are resolved; no real name, so that none can be equal by chance. */
const HERE = 'https://bmc.invalid';
const LONGEST = 2048;

/**
 * A reference of the BMC (`@odata.id`, `Location`, an action's target) as path and query on the same BMC, without its
 * fragment. DSP0266 §6.7. Whoever answers for the BMC must not send us, and the password with us, anywhere else: another
 * host, port or scheme is `malformed`. `own` are the names under which the BMC may mean itself (`10.0.0.9:443`).
 */
export function pathOf(reference: string, base: string, own: readonly string[]): string {
  if (reference.length > LONGEST) throw malformed(reference, 'is longer than 2048 characters');
  // What URL parsers take away in silence (tabs, line feeds) or turn around (backslashes).
  if (/[\p{Cc}\\ ]/u.test(reference)) throw malformed(reference, 'is no path');
  let url: URL;
  try {
    url = new URL(reference, `${HERE}${base}`);
  } catch {
    throw malformed(reference, 'is no path');
  }
  const isHere = url.origin === HERE || own.some((name) => url.origin === new URL(`https://${name}`).origin);
  if (!isHere) throw malformed(reference, 'leads to another host, which is not followed');
  return `${url.pathname}${url.search}`;
}

function malformed(reference: string, what: string): BmcError {
  return new BmcError('malformed', `the reference '${bmcText(reference)}' ${what}`);
}
