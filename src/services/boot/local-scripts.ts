import type { LocalScript } from '../../boot/boot-script.ts';
import { SCRIPTS, type ScriptForm } from '../../boot/scripts.ts';

/** Scripts kept: one for each reason, way of local boot, language and address of ours. */
const LIMIT = 256;

/** Scripts that send machines to their disks. Nothing in them is a machine's own, so that a rack shares a few. */
export function createLocalScripts(): (form: ScriptForm, script: LocalScript) => string {
  const made = new Map<string, string>();
  return (form, script) => {
    const { reason, server, localBoot } = script;
    const key = `${form} ${localBoot} ${server.address} ${server.httpPort} ${reason}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    if (made.size >= LIMIT) made.clear();
    const text = SCRIPTS[form].local(script);
    made.set(key, text);
    return text;
  };
}
