import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mailOf, sendMail } from '../../../server/notify/email.ts';
import type { Notice } from '../../../src/domain/notification.ts';

const NOTICE: Notice = {
  id: 17,
  type: 'install.failed',
  at: '2026-11-22T09:00:00.000Z',
  system: 'web001',
  install: {
    id: 4,
    from: 'installing',
    state: 'failed',
    stage: 'partitioning',
    reason: 'no disk\r\nBcc: x@y.z',
  },
};

let server: SMTPServer;
let folder: string;
let mails: string[];
let logins: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mail-'));
  writeFileSync(join(folder, 'password'), 'a password\n');
  mails = [];
  logins = [];
  server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => {
      logins.push(`${username}:${password}`);
      done(password === 'a password' ? null : new Error('no such user'), { user: username });
    },
    onData: async (stream, _session, done) => {
      mails.push(await text(stream));
      done();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

const config = (more: object = {}) => ({
  server: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
  user: null,
  passwordFile: null,
  from: 'provision@example.net',
  to: ['ada@example.net', 'bob@example.net'],
  states: [],
  tries: 3,
  timeoutSeconds: 5,
  ...more,
});

describe('mail', () => {
  it('says what happened to whom, and what to type next', async () => {
    expect(await sendMail(config(), NOTICE)).toEqual({ kind: 'accepted' });
    expect(mails).toHaveLength(1);
    const [mail = ''] = mails;
    expect(mail).toContain('Subject: provision: web001 failed\r\n');
    expect(mail).toContain('To: ada@example.net, bob@example.net\r\n');
    expect(mail).toContain('Message-ID: <provision-17-');
    expect(mail).toContain('provision system timeline web001');
  });

  it('has no headers out of what a machine has said', async () => {
    await sendMail(config(), { ...NOTICE, system: 'web001\r\nBcc: x@y.z' });
    const [head = ''] = mails[0]?.split('\r\n\r\n') ?? [];
    expect(head).not.toMatch(/^Bcc:/m);
  });

  it('logs in where the configuration says so', async () => {
    const login = { user: 'provision', passwordFile: join(folder, 'password') };
    expect(await sendMail(config(login), NOTICE)).toEqual({ kind: 'accepted' });
    expect(logins).toEqual(['provision:a password']);
  });

  it.each([
    [
      'refuses the password',
      () => config({ user: 'eve', passwordFile: join(folder, 'other') }),
      /no such user/,
    ],
    ['is not there', () => config({ server: 'smtp://127.0.0.1:1' }), /ECONNREFUSED/],
  ])('to a server that %s is a problem, in words', async (_, made, problem) => {
    writeFileSync(join(folder, 'other'), 'wrong');
    expect(await sendMail(made(), NOTICE)).toMatchObject({
      kind: 'refused',
      problem: expect.stringMatching(problem),
    });
  });

  it('can be tested', () => {
    const notice = { ...NOTICE, type: 'test', install: null } as const;
    expect(mailOf(notice).subject).toBe('provision: test');
  });
});
