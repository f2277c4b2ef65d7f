import { describe, expect, it } from 'vitest';
import { type ConfigError, parseConfig } from '../../../src/config.ts';
import { commandSetSchema, fillArguments } from '../../../src/domain/power/command-set.ts';

const problemsOf = (yaml: string, env: Record<string, string> = {}): string[] => {
  try {
    parseConfig(yaml, env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
};
const set = (fields: string) => `power: { commands: { pdu: { ${fields} } } }`;

describe('command sets of the configuration', () => {
  it('are none unless the file names some', () => {
    expect(parseConfig(null, {}).power.commands).toEqual({});
    const yaml = set(
      "on: [/usr/bin/pdu, --host, '{address}', 'outlet={node}', on], exits: { 2: off }, password: env:PDU_PW",
    );
    expect(parseConfig(yaml, {}).power.commands['pdu']).toEqual({
      on: ['/usr/bin/pdu', '--host', '{address}', 'outlet={node}', 'on'],
      password: 'env:PDU_PW',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C' },
      exits: { '2': 'off' },
      timeoutSeconds: 20,
    });
  });

  it('never come from the environment', () => {
    expect(problemsOf('', { PROVISION_POWER_COMMANDS: '{}' })).toEqual([
      'PROVISION_POWER_COMMANDS: no key of the configuration has this name',
    ]);
  });

  const wrong: [string, string][] = [
    ["on: 'pdu on'", 'must be a list'],
    ['on: []', 'power.commands.pdu.on'],
    ['on: [pdu]', 'must be the absolute path of a program, without placeholders'],
    ["on: ['/usr/{node}/pdu']", 'must be the absolute path of a program, without placeholders'],
    ["on: [/bin/pdu, '{password}']", 'must not hold {password}: hand it over by `password: stdin`'],
    ["on: [/bin/pdu, '{hostname}']", 'must not hold {hostname}; there are {address} {port}'],
    ["on: [/bin/pdu, '{device}']", 'must not hold {device}, which only boot has'],
    ['password: argv', 'must be none, stdin or env:NAME'],
    ["env: { 'A B': x }", 'must be the name of an environment variable'],
    ['exits: { x: off }', 'must be an exit status'],
    ['exits: { 2: broken }', 'power.commands.pdu.exits.2'],
    ['shell: true', 'shell'],
    ['timeoutSeconds: 31', 'power.commands.pdu.timeoutSeconds: must be at most power.sessionSeconds (30)'],
    ['timeoutSeconds: 0', 'power.commands.pdu.timeoutSeconds'],
  ];
  it.each(wrong)('are refused with a reason: %s', (fields, words) => {
    const problems = problemsOf(set(fields));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });

  it('have names that records can hold', () => {
    expect(problemsOf('power: { commands: { "Rack 7": {} } }').join()).toContain(
      'must be a name of a-z, 0-9',
    );
  });
});

describe('the arguments of a command', () => {
  const values = { address: '10.0.0.9', node: '7', user: 'admin', system: 'web001' };

  it('are filled whole or in part, and only once', () => {
    const args = ['--host={address}', '{node}', 'x', '{user}@{address}'];
    expect(fillArguments(args, values)).toEqual({ args: ['--host=10.0.0.9', '7', 'x', 'admin@10.0.0.9'] });
    expect(fillArguments(['{"on": true, "x": {}}'], {})).toEqual({ args: ['{"on": true, "x": {}}'] });
    expect(fillArguments(['{node}'], { node: '{address}', address: 'x' })).toEqual({ args: ['{address}'] });
    expect(fillArguments(['{node}'], { node: '$(id) `id` $& a b' })).toEqual({ args: ['$(id) `id` $& a b'] });
  });

  it.each([
    ['', 'is empty'],
    ['-oProxyCommand=x', 'begins with a dash'],
    ['../../etc/passwd', 'holds a slash'],
    ['a\nb', 'holds a slash or a control character'],
    ['a\0b', 'holds a slash or a control character'],
    ['x'.repeat(256), 'is longer than 255 characters'],
  ])('never hold %j', (node, words) => {
    const filled = fillArguments(['x{node}'], { node });
    expect(filled).toEqual({ problem: expect.stringContaining(`its command needs {node}, which ${words}`) });
  });

  it('leave what they do not use unjudged', () => {
    expect(fillArguments(['on'], { node: '-x' })).toEqual({ args: ['on'] });
    expect(commandSetSchema.parse({})).toMatchObject({ password: 'none' });
  });
});
