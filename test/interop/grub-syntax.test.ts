import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCRIPTS } from '../../src/boot/scripts.ts';
import { parseMac } from '../../src/domain/network/mac.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';
import { haveProgram } from '../support/real-clients.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/boot-scripts/', import.meta.url));
const scripts = readdirSync(FIXTURES).filter((name) => name.startsWith('grub-'));

/** GRUB's own parser, on a script; its complaint, or nothing. */
function complaint(script: { readonly path: string } | { readonly text: string }): string {
  const args = 'path' in script ? [script.path] : [];
  const input = 'text' in script ? script.text : '';
  const { status, stderr } = spawnSync('grub-script-check', args, { input, encoding: 'utf8' });
  return status === 0 ? '' : stderr || `status ${status}`;
}

describe.skipIf(!haveProgram('grub-script-check'))('GRUB’s own parser', () => {
  it('takes for wrong what is wrong', () => {
    expect(complaint({ text: 'if true; then\n' })).toContain('syntax error');
  });

  it.each(scripts)('takes %s', (name) => expect(complaint({ path: FIXTURES + name })).toBe(''));

  it('takes whatever kernel args an operator writes', () => {
    const mac = must(parseMac('52:54:00:12:34:56'), 'MAC');
    const server = { address: ip('10.0.0.1'), httpPort: 80 };
    const base = { system: 'web001', mac, server, token: 'TOKEN' };
    const printable = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index));
    const word = fc.string({ unit: fc.constantFrom(...printable), minLength: 1, maxLength: 30 });
    const lists = fc.sample(fc.array(word, { minLength: 1, maxLength: 8 }), { numRuns: 500, seed: 42 });
    const text = lists.map((kernelArgs) => SCRIPTS.grub.install({ ...base, kernelArgs })).join('');
    expect(complaint({ text })).toBe('');
  });
});
