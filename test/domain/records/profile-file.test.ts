import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DomainError } from '../../../src/domain/errors.ts';
import { parseProfileFile } from '../../../src/domain/records/profile-file.ts';
import { shippedFile, shippedNames } from '../../support/shipped-files.ts';

const good = {
  name: 'debian-13',
  description: 'Debian 13',
  family: 'debian',
  install: 'installer',
  answerFile: 'debian-13.preseed',
  answerKind: 'preseed',
  kernelArgs: ['auto=true', 'url={{urls.answer}}'],
  settings: { minDiskGb: 8, packages: ['vim'] },
};

describe('parseProfileFile', () => {
  test.each(shippedNames('profiles'))('the shipped %s is valid, and its answer file is there', (name) => {
    const profile = parseProfileFile(name, parse(shippedFile(`profiles/${name}`)));
    expect(shippedNames('kickstarts')).toContain(profile.answerFile);
  });

  test('fills in what may be left out', () => {
    const { kernelArgs: _args, settings: _settings, ...short } = good;
    expect(parseProfileFile('debian-13.yaml', short)).toEqual({ ...short, kernelArgs: [], settings: {} });
  });

  test.each([
    { change: { name: 'Debian 13' }, path: 'debian-13.yaml.name' },
    { change: { description: 'a\nb' }, path: 'debian-13.yaml.description' },
    { change: { answerFile: '../secret' }, path: 'debian-13.yaml.answerFile' },
    { change: { answerKind: 'autoinstall' }, path: 'debian-13.yaml.answerKind' },
    { change: { kernelArgs: ['a b'] }, path: 'debian-13.yaml.kernelArgs.0' },
    { change: { kernelArgs: 'auto=true' }, path: 'debian-13.yaml.kernelArgs' },
    { change: { settings: { minDiskGb: 0 } }, path: 'debian-13.yaml.settings.minDiskGb' },
    { change: { settings: { disk: '/dev/sda' } }, path: 'debian-13.yaml.settings.disk' },
    { change: { settings: { sshKeys: [] } }, path: 'debian-13.yaml.settings.sshKeys' },
    {
      change: { settings: { rootPasswordHash: '$6$a$b' } },
      path: 'debian-13.yaml.settings.rootPasswordHash',
    },
    { change: { kernelargs: [] }, path: 'debian-13.yaml.kernelargs' },
    { change: { install: 'image' }, path: 'debian-13.yaml.answerKind' },
    { change: { answerKind: 'deploy-script' }, path: 'debian-13.yaml.answerKind' },
    { change: { family: 'image' }, path: 'debian-13.yaml.family' },
    { change: { name: 'other' }, path: 'debian-13.yaml.name' },
  ])('refuses $change at $path', ({ change, path }) => {
    const problems = problemsOf({ ...good, ...change });
    expect(problems).toContain(path);
  });

  test('names every fault at once', () => {
    expect(problemsOf({ ...good, name: '?', answerFile: '/x' })).toEqual([
      'debian-13.yaml.name',
      'debian-13.yaml.answerFile',
    ]);
  });

  test.each([null, [], 'text', 7])('refuses %j as a profile', (content) => {
    expect(problemsOf(content)).toEqual(['debian-13.yaml']);
  });
});

function problemsOf(content: unknown): string[] {
  try {
    parseProfileFile('debian-13.yaml', content);
  } catch (error) {
    if (error instanceof DomainError) return error.problems.map(({ path }) => path);
    throw error;
  }
  throw new Error('was accepted');
}
