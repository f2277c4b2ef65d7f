import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage } from '../../src/syslog/message.ts';

const decode = (text: string) => decodeMessage(Buffer.from(text));
/** What there is in none of them. */
const NONE = { timestamp: null, hostname: null, program: null, process: null };
const USER_NOTICE = { facility: 1, severity: 5 };

describe('RFC 3164', () => {
  test.each([
    [
      'as busybox forwards it, without a name of the sender',
      "<30>Nov 22 18:04:05 main-menu[315]: INFO: Menu item 'partman-base' selected\n",
      {
        facility: 3,
        severity: 6,
        timestamp: 'Nov 22 18:04:05',
        hostname: null,
        program: 'main-menu',
        process: '315',
        text: "INFO: Menu item 'partman-base' selected",
      },
    ],
    [
      'as rsyslog forwards what Anaconda logs',
      '<142>Nov  2 03:04:05 web001 anaconda[1234]: anaconda: installation: Queue started: Payload installation (5/18)',
      {
        facility: 17,
        severity: 6,
        timestamp: 'Nov  2 03:04:05',
        hostname: 'web001',
        program: 'anaconda',
        process: '1234',
        text: 'anaconda: installation: Queue started: Payload installation (5/18)',
      },
    ],
    [
      'with the time of RFC 3339',
      '<13>2026-11-22T18:04:05.123456+01:00 2001:db8::1 in-target: Setting up python3',
      {
        ...USER_NOTICE,
        timestamp: '2026-11-22T18:04:05.123456+01:00',
        hostname: '2001:db8::1',
        program: 'in-target',
        process: null,
        text: 'Setting up python3',
      },
    ],
    [
      'without a time, the word before the colon is a program',
      '<4>kernel: [    0.000000] Linux version',
      { ...NONE, facility: 0, severity: 4, program: 'kernel', text: '[    0.000000] Linux version' },
    ],
    [
      'without a tag nothing is guessed',
      '<13>Nov 22 18:04:05 hello world',
      { ...NONE, ...USER_NOTICE, timestamp: 'Nov 22 18:04:05', text: 'hello world' },
    ],
    ['without a priority', 'hello', { ...NONE, ...USER_NOTICE, text: 'hello' }],
    ['a priority that is too large', '<192>x', { ...NONE, ...USER_NOTICE, text: '<192>x' }],
    ['nothing at all', '', { ...NONE, ...USER_NOTICE, text: '' }],
    ['a tag and nothing said', '<13>login:', { ...NONE, ...USER_NOTICE, program: 'login', text: '' }],
  ])('%s', (_, text, expected) => {
    expect(decode(text)).toEqual(expected);
  });
});

describe('RFC 5424', () => {
  const HEAD = '<165>1 2026-11-22T18:04:05.003Z mymachine.example.com evntslog 8710 ID47 ';
  const NAMED = {
    facility: 20,
    severity: 5,
    timestamp: '2026-11-22T18:04:05.003Z',
    hostname: 'mymachine.example.com',
    program: 'evntslog',
    process: '8710',
  };
  test.each([
    ['all fields nil', '<34>1 - - - - - -', { ...NONE, facility: 4, severity: 2, text: '' }],
    ['a message with its BOM', `${HEAD}- \ufeffan event`, { ...NAMED, text: 'an event' }],
    [
      'structured data goes before the message',
      `${HEAD}[a x="1"][b y="\\"\\]"] an event`,
      { ...NAMED, text: '[a x="1"][b y="\\"\\]"] an event' },
    ],
    ['structured data alone', `${HEAD}[a]`, { ...NAMED, text: '[a]' }],
    [
      'structured data that never ends: all of it is text',
      `${HEAD}[a x="1`,
      {
        ...NONE,
        facility: 20,
        severity: 5,
        text: `${HEAD.slice('<165>'.length)}[a x="1`,
      },
    ],
    [
      'another version is not RFC 5424',
      '<34>2 - - - - - -',
      { ...NONE, facility: 4, severity: 2, text: '2 - - - - - -' },
    ],
  ])('%s', (_, text, expected) => {
    expect(decode(text)).toEqual(expected);
  });
});

describe('hostile bytes', () => {
  test.each([
    ['NUL and CRLF at the end go', Buffer.from('<13>a: b\r\n\0'), 'b'],
    ['NUL inside', Buffer.from('<13>a: b\0c'), 'b\\u{0}c'],
    ['what a terminal would obey', Buffer.from('<13>a: \x1b[2Jb\x7f'), '\\u{1b}[2Jb\\u{7f}'],
    ['C1 controls', Buffer.from('<13>a: \u009b2J'), '\\u{9b}2J'],
    ['text that is turned round', Buffer.from('<13>a: \u202etxt'), '\\u{202e}txt'],
    ['lines within a message', Buffer.from('<13>a: one\ntwo\tthree'), 'one\\u{a}two\tthree'],
    ['no UTF-8', Buffer.from([0x3c, 0x31, 0x33, 0x3e, 0xff, 0xc3]), '\ufffd\ufffd'],
    ['64 KB of one letter', Buffer.from(`<13>a: ${'x'.repeat(65_000)}`), 'x'.repeat(65_000)],
  ])('%s', (_, bytes, text) => {
    expect(decodeMessage(bytes).text).toBe(text);
  });

  test('any bytes make a message of one line that can be shown', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.constantFrom('<13>1 ', '<13>', '<13>Nov 22 18:04:05 '), fc.uint8Array())
        .map(([head, rest]) => Buffer.concat([Buffer.from(head), rest])),
    );
    fc.assert(
      fc.property(bytes, (raw) => {
        const message = decodeMessage(Buffer.from(raw));
        const shown = [message.text, message.program, message.hostname, message.process, message.timestamp];
        expect(shown.join('').replaceAll('\t', '')).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
        expect(message.facility).toBeLessThan(24);
        expect(message.severity).toBeLessThan(8);
      }),
      { seed: 5424 },
    );
  });

  test('what RFC 5424 allows is read as it was meant', () => {
    const word = (max: number) => fc.stringMatching(new RegExp(`^[!-~]{1,${max}}$`));
    const fields = fc.record({
      facility: fc.nat(23),
      severity: fc.nat(7),
      timestamp: fc.constantFrom('2026-11-22T18:04:05Z', '2026-11-22T18:04:05.000001+05:30'),
      hostname: word(20),
      program: word(20),
      process: word(10),
      text: fc.stringMatching(/^[!-~](?:[ -~]{0,40}[!-~])?$/),
    });
    fc.assert(
      fc.property(fields, (sent) => {
        const { facility, severity, timestamp, hostname, program, process, text } = sent;
        const bytes = `<${facility * 8 + severity}>1 ${timestamp} ${hostname} ${program} ${process} - - ${text}`;
        const nil = (field: string) => (field === '-' ? null : field);
        expect(decode(bytes)).toEqual({
          ...sent,
          hostname: nil(hostname),
          program: nil(program),
          process: nil(process),
        });
      }),
      { seed: 5424 },
    );
  });
});
