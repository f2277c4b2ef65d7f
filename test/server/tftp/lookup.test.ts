import { describe, expect, test } from 'vitest';
import { firstFound, inAnyCase, sameForAll, type TftpFind } from '../../../server/tftp/lookup.ts';
import { CLIENT, rrq, TftpBench } from '../../support/tftp-bench.ts';

const WEB001 = { server: '10.0.0.1', address: '10.0.0.11', mac: '52:54:00:00:00:11' };
const perMachine: TftpFind = async (name, { mac }) =>
  name === 'grub/grub.cfg' && mac !== undefined
    ? { name, bytes: Buffer.from(`# ${mac}\n`) }
    : { missing: 'nothing is made for this machine' };
const loaders = sameForAll(
  async (name) => (name === 'grubx64.efi' ? Buffer.from('MZ') : undefined),
  'no loader has this name',
);
const find = inAnyCase(firstFound([perMachine, loaders]));

/** What is found, as text. */
async function found(name: string, client: Parameters<TftpFind>[1] = WEB001): Promise<string> {
  const file = await find(name, client);
  return 'missing' in file ? `missing: ${file.missing}` : `${file.name}: ${file.bytes}`;
}

describe('looking a name up', () => {
  test('what is made for the machine that asks comes first, for it alone', async () => {
    expect(await found('grub/grub.cfg')).toBe('grub/grub.cfg: # 52:54:00:00:00:11\n');
    expect(await found('grub/grub.cfg', { server: '10.0.0.1', address: '10.0.0.99', mac: undefined })).toBe(
      'missing: nothing is made for this machine; no loader has this name',
    );
  });

  test('a name in DOS spelling is found in lower case', async () => {
    expect(await found('GRUBX64.EFI')).toBe('grubx64.efi: MZ');
    expect(await found('grubx64.EFI')).toBe('grubx64.efi: MZ');
  });

  test('a reason is told once', async () => {
    const twice = firstFound([loaders, loaders]);
    expect(await twice('x', WEB001)).toEqual({ missing: 'no loader has this name' });
  });

  test('the listener tells who asks, and the timeline hears why there is nothing', async () => {
    const asked: unknown[] = [];
    const bench = await TftpBench.started({
      macOf: (address) => (address === CLIENT.address ? WEB001.mac : undefined),
      find: async (name, client) => {
        asked.push({ name, ...client });
        return { missing: 'no install is armed' };
      },
    });
    expect(await bench.tell(rrq('\\grub\\grub.cfg'))).toEqual(['ERROR 1']);
    expect(asked).toEqual([{ name: 'grub/grub.cfg', ...WEB001 }]);
    expect(bench.events.at(-1)).toMatchObject({ type: 'not-found', detail: 'no install is armed' });
  });
});
