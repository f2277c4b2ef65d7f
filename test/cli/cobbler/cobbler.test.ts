import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { translated } from '../../../src/cli/cobbler/cobbler.ts';
import { COBBLER_FLAGS } from '../../../src/cli/cobbler/cobbler-flags.ts';
import { COBBLER_VERBS } from '../../../src/cli/cobbler/cobbler-verbs.ts';
import { COMMAND_TABLE } from '../../../src/cli/command-table.ts';
import { apiInstall, apiSystem } from '../../support/api-records.ts';
import { runCli } from '../../support/fake-cli.ts';
import { parseLine } from '../../support/parse-line.ts';

const words = (line: string) =>
  [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));

describe('lines of Cobbler', () => {
  it.each([
    ['system report --name=web001', 'system show web001'],
    ['system report', 'system list'],
    ['system poweron --name=web001', 'power on web001'],
    ['system powerstatus web001', 'power status web001'],
    ['system reboot --name web001', 'power cycle web001'],
    ['--server unix:/x system dumpvars --name=web001', '--server unix:/x explain web001'],
    ['system copy --newname=web002 --name=web001 --mac=x', 'system copy --mac=x web001 web002'],
    ['system rename --name=a --newname=b', 'system rename a b'],
    ['system remove --name=web001', 'system remove web001'],
    ["system find --name='web*'", 'system find web*'],
    ['check', 'doctor'],
    ['system edit --name=web001 --netboot-enabled=Y', 'system install --no-power web001'],
    ['system edit --name=web001 --netboot-enabled=false', 'system cancel web001'],
    ['system edit --name web001 --netboot-enabled 1', 'system install --no-power web001'],
    [
      'system add --name=web001 --profile=p --netboot-enabled=0 --mac=m',
      'system add --profile=p --mac=m web001',
    ],
    ['system getks --name=web001', 'explain web001'],
    [
      "system add --name=web001 --profile=p --mac-address=52:54:00:12:34:56 --ip-address 10.0.0.1 --kopts='quiet console=ttyS0' --ksmeta='a=1 b'",
      'system add --profile=p --mac=52:54:00:12:34:56 --ip=10.0.0.1 --kernel-args=quiet console=ttyS0 --var=a=1 --var=b= web001',
    ],
    [
      'system edit --name=w --in-place --power-type=ipmilanplus --power-address=10.0.9.1 --power-user=admin --power-id=3',
      'system edit --bmc-driver=ipmi --bmc=10.0.9.1 --bmc-user=admin --bmc-node=3 w',
    ],
    ['profile edit --name=p --kickstart=web.ks', 'profile edit --answer-file=web.ks p'],
    ['distro add --name=d --breed=ubuntu --os-version=24.04', 'distro add --family=debian --version=24.04 d'],
    ["subnet edit lab --name-servers='10.0.0.1 10.0.0.2'", 'subnet edit lab --dns=10.0.0.1,10.0.0.2'],
    [
      'system add web001 --comment=--kopts=x --kopts=y',
      'system add web001 --comment=--kopts=x --kernel-args=y',
    ],
  ])('%s', async (line, ours) => {
    expect((await translated(words(line), COMMAND_TABLE))?.join(' ')).toBe(ours);
  });

  it.each([
    'system list',
    'system edit web001 --comment x',
    'status',
    'nothing of ours',
    'system log web001 --name anaconda',
  ])('leaves alone: %s', async (line) =>
    expect(await translated(words(line), COMMAND_TABLE)).toBeUndefined(),
  );

  it.each([
    ['sync', 'there is nothing to sync'],
    ['system edit web001 --power-pass=secret', '--bmc-password-stdin'],
    ['system add web001 --profile=p --netboot-enabled=1', 'provision system install NAME'],
    ['system edit web001 --netboot-enabled', '--netboot-enabled wants a value'],
    ['system edit web001 --netmask=255.255.255.0', 'provision subnet add NAME'],
    ['repo list', 'there are no repository records: they are part of'],
  ])('says what is done here in the place of: %s', async (line, hint) => {
    const { code, stderr, requests } = await runCli(words(line));
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
    expect(requests).toEqual([]);
  });

  it('goes from the line to the request', async () => {
    const body = apiSystem();
    const add = await runCli(
      words("system add --name=web001 --profile=p --mac-address=525400123456 --kopts='a b'"),
      {
        server: { 'POST /api/v1/systems': { status: 201, body } },
      },
    );
    expect(add.requests[0]?.body).toMatchObject({ name: 'web001', kernelArgs: ['a', 'b'] });
    const install = await runCli(words('system edit --name=web001 --netboot-enabled=true'), {
      server: {
        'GET /api/v1/systems/web001': { status: 200, body },
        'POST /api/v1/systems/web001/install': { status: 201, body: apiInstall() },
      },
    });
    expect(install.requests.at(-1)?.body).toEqual({ power: false });
  });
});

describe('the tables of aliases', () => {
  it('name nothing that is a command or flag of ours: those would never be reached', () => {
    for (const key of Object.keys(COBBLER_VERBS))
      expect(COMMAND_TABLE.map(({ path }) => path.join(' '))).not.toContain(key);
  });

  it('lead to commands that are there', () => {
    for (const meaning of Object.values(COBBLER_VERBS))
      if ('words' in meaning)
        expect(() => parseLine(`${meaning.words.join(' ')} --help`)).toThrow('not a command');
  });

  it('stand in the documentation, each flag and verb', () => {
    const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
    for (const flag of COBBLER_FLAGS.flatMap(({ flags }) => flags)) expect(page).toContain(`\`${flag}\``);
    for (const verb of Object.keys(COBBLER_VERBS)) expect(page).toContain(`\`${verb}\``);
  });
});
