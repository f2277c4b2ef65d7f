import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildContext } from '../../src/answer-file/context.ts';
import { AnswerFileError } from '../../src/answer-file/error.ts';
import { renderKernelArgs } from '../../src/answer-file/kernel-args.ts';
import { parseProfileFile } from '../../src/domain/records/profile-file.ts';
import { fullFacts, minimalFacts } from '../support/answer-facts.ts';
import { shippedFile } from '../support/shipped-files.ts';

const treeUrl = 'http://10.0.0.1:8080/trees/rocky-9.4';
const rocky = { ...minimalFacts().distro, treeUrl };

describe('renderKernelArgs', () => {
  test.each([
    {
      profile: 'debian-13.yaml',
      facts: fullFacts(),
      expected: [
        'auto=true',
        'priority=critical',
        'url=http://10.0.0.1:8080/i/TOKEN/answer',
        'interface=auto',
        'log_host=10.0.0.1',
        'log_port=514',
        'BOOTIF=01-52-54-00-12-34-57',
        'hostname=db-7',
        'domain=example.org',
      ],
    },
    {
      profile: 'rocky-9.yaml',
      facts: minimalFacts({ distro: rocky }),
      expected: [
        'inst.ks=http://10.0.0.1:8080/i/TOKEN/answer',
        'inst.repo=http://10.0.0.1:8080/trees/rocky-9.4',
        'inst.text',
        'ip=dhcp',
        'inst.syslog=10.0.0.1:514',
        'BOOTIF=01-52-54-00-12-34-56',
      ],
    },
    {
      profile: 'debian-13-image.yaml',
      facts: minimalFacts(),
      expected: [
        'provision.answer=http://10.0.0.1:8080/i/TOKEN/answer',
        'provision.events=http://10.0.0.1:8080/i/TOKEN/event',
        'provision.onfail=reboot',
        'BOOTIF=01-52-54-00-12-34-56',
      ],
    },
  ])('of the shipped $profile', ({ profile, facts, expected }) => {
    const { kernelArgs } = parseProfileFile(profile, parse(shippedFile(`profiles/${profile}`)));
    expect(renderKernelArgs(kernelArgs, buildContext(facts))).toEqual(expected);
  });

  test.each(['debian-13.yaml', 'rocky-9.yaml', 'debian-13-image.yaml'])(
    'of the shipped %s name the card that a bond boots by',
    (profile) => {
      const [A, B] = ['52:54:00:00:00:0a', '52:54:00:00:00:0b'];
      const interfaces = [
        { name: 'eth0', mac: A },
        { name: 'eth1', mac: B },
        { name: 'bond0', type: 'bond' as const, parents: ['eth1', 'eth0'], ip: '10.0.0.11', prefix: 24 },
      ];
      const { kernelArgs } = parseProfileFile(profile, parse(shippedFile(`profiles/${profile}`)));
      const args = (nics: typeof interfaces) =>
        renderKernelArgs(kernelArgs, buildContext(minimalFacts({ distro: rocky, interfaces: nics })));
      expect(args(interfaces)).toContain('BOOTIF=01-52-54-00-00-00-0a');
      expect(args(interfaces.toReversed())).toContain('BOOTIF=01-52-54-00-00-00-0b');
    },
  );

  test('an argument that comes out empty is left out', () => {
    const args = ['a', "{{'ip='~primary.ip if primary.ip}}", 'b'];
    expect(renderKernelArgs(args, buildContext(minimalFacts()))).toEqual(['a', 'b']);
    expect(renderKernelArgs(args, buildContext(fullFacts()))).toEqual(['a', 'ip=10.0.0.17', 'b']);
  });

  test.each([
    { arg: "{{'a'~' '~'b'}}", code: 'bad-kernel-arg' },
    { arg: 'x={{vars.text}}', code: 'bad-kernel-arg' },
    { arg: '{{settings.rootPasswordHash|secret}}', code: 'secret-exposed' },
    { arg: '{{settings.rootPasswordHash}}', code: 'secret-exposed' },
    { arg: '{{nothing}}', code: 'undefined-variable' },
    { arg: '{%frobnicate%}', code: 'syntax' },
    { arg: '{{range(999)|join}}', code: 'step-limit' },
  ])('refuses $arg with $code', ({ arg, code }) => {
    const facts = fullFacts();
    const context = buildContext({
      ...facts,
      settings: { ...facts.settings, vars: { text: 'a init=/bin/sh' } },
    });
    expect(() => renderKernelArgs([arg], context)).toThrow(expect.objectContaining({ code }));
    expect(() => renderKernelArgs([arg], context)).toThrow(AnswerFileError);
  });
});
