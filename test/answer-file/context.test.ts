import { describe, expect, test } from 'vitest';
import { type AnswerFacts, buildContext } from '../../src/answer-file/context.ts';
import { AnswerFileError } from '../../src/answer-file/error.ts';
import { Secret } from '../../src/domain/access/secret.ts';
import { fullFacts, minimalFacts, SSH_KEY } from '../support/answer-facts.ts';

describe('buildContext', () => {
  test('what a system lacks is null or the default', () => {
    expect(buildContext(minimalFacts())).toEqual({
      system: {
        name: 'web001',
        hostname: 'web001',
        domain: null,
        fqdn: 'web001',
        firmware: null,
        roles: [],
      },
      interfaces: [expect.objectContaining({ mac: '52:54:00:12:34:56' })],
      primary: {
        name: 'eth0',
        mac: '52:54:00:12:34:56',
        ip: null,
        netmask: null,
        prefix: null,
        gateway: null,
        dns: [],
        type: 'ethernet',
        parents: [],
        vlan: null,
        bondMode: null,
        mtu: null,
        method: 'dhcp',
        isPrimary: true,
        hasDefaultRoute: true,
        routes: [],
        addresses: [],
        sharedAddresses: [],
      },
      network: {
        devices: [expect.objectContaining({ name: 'eth0' })],
        isPlain: true,
        isComposed: false,
        hasBonds: false,
        hasBridges: false,
        hasMore: false,
        hasVlans: false,
      },
      distro: {
        name: 'a-distro',
        family: 'debian',
        version: '13',
        arch: 'x86_64',
        tree: null,
        repositories: [],
      },
      profile: { name: 'a-profile' },
      image: null,
      settings: {
        disk: null,
        minDiskGb: 8,
        timezone: 'Etc/UTC',
        locale: 'C.UTF-8',
        language: 'C',
        country: null,
        keymap: 'us',
        packages: [],
        kernelPackage: null,
        rootPartition: 1,
        rootPasswordHash: null,
        sshKeys: [],
      },
      vars: {},
      urls: {
        base: 'http://10.0.0.1:8080',
        answer: 'http://10.0.0.1:8080/i/TOKEN/answer',
        events: 'http://10.0.0.1:8080/i/TOKEN/event',
        logs: 'http://10.0.0.1:8080/i/TOKEN/log',
      },
      puppet: null,
      server: { address: '10.0.0.1' },
      syslog: { host: '10.0.0.1', port: 514 },
    });
    expect(buildContext(minimalFacts({ syslogPort: null })).syslog).toBeNull();
  });

  test('nothing of the facts is shared', () => {
    const facts = fullFacts();
    const context = buildContext(facts);
    expect(context.settings.packages).toEqual(facts.settings.packages);
    expect(context.settings.packages).not.toBe(facts.settings.packages);
    expect(context.primary.dns).not.toBe(facts.interfaces[0]?.dns);
    expect(context.settings.rootPasswordHash).toBeInstanceOf(Secret);
  });

  test.each([
    { hostname: 'web001', domain: undefined, expected: ['web001', null, 'web001'] },
    { hostname: 'web001', domain: 'example.org', expected: ['web001', 'example.org', 'web001.example.org'] },
    {
      hostname: 'web001.lab.example.org',
      domain: 'x.y',
      expected: ['web001', 'lab.example.org', 'web001.lab.example.org'],
    },
  ])('host name $hostname and domain $domain', ({ hostname, domain, expected }) => {
    const { system } = buildContext(
      minimalFacts({ system: { name: 'web001', hostname, domain: domain ?? null } }),
    );
    expect([system.hostname, system.domain, system.fqdn]).toEqual(expected);
  });

  test.each([
    { prefix: 8, netmask: '255.0.0.0' },
    { prefix: 23, netmask: '255.255.254.0' },
    { prefix: 32, netmask: '255.255.255.255' },
  ])('the netmask of /$prefix is $netmask', ({ prefix, netmask }) => {
    const nic = { name: 'eth0', mac: '52:54:00:12:34:56', ip: '10.0.0.9', prefix };
    expect(buildContext(minimalFacts({ interfaces: [nic] })).primary.netmask).toBe(netmask);
  });

  test.each([
    { treeUrl: 'http://mirror.example/debian/', host: 'mirror.example', path: '/debian' },
    { treeUrl: 'http://10.0.0.1:8080/trees/x', host: '10.0.0.1:8080', path: '/trees/x' },
    { treeUrl: 'http://mirror', host: 'mirror', path: '/' },
  ])('the tree $treeUrl is $host and $path', ({ treeUrl, host, path }) => {
    const distro = { ...minimalFacts().distro, treeUrl };
    expect(buildContext(minimalFacts({ distro })).distro.tree).toEqual({ url: treeUrl, host, path });
  });

  test.each([
    { locale: 'en_US.UTF-8', language: 'en', country: 'US' },
    { locale: 'de_DE@euro', language: 'de', country: 'DE' },
    { locale: 'eo', language: 'eo', country: null },
    { locale: 'POSIX', language: 'C', country: null },
  ])('the locale $locale is $language in $country', ({ locale, language, country }) => {
    expect(buildContext(minimalFacts({ settings: { locale } })).settings).toMatchObject({
      language,
      country,
    });
  });

  test.each([
    { fileName: 'a.raw', compression: 'none' },
    { fileName: 'a.IMG', compression: 'none' },
    { fileName: 'a.raw.gz', compression: 'gzip' },
    { fileName: 'a.xz', compression: 'xz' },
    { fileName: 'a.zst', compression: 'zstd' },
    { fileName: 'a.bz2', compression: 'bzip2' },
  ])('the image $fileName is packed with $compression', ({ fileName, compression }) => {
    const image = { url: 'http://10.0.0.1/i/T/image', fileName, sha256: '0'.repeat(64) };
    expect(buildContext(minimalFacts({ image })).image?.compression).toBe(compression);
  });
});

const nic = minimalFacts().interfaces[0];
const urls = minimalFacts().urls;
const hostile: readonly { field: string; facts: unknown }[] = [
  { field: 'system.name', facts: { system: { name: 'a b', hostname: 'a' } } },
  { field: 'system.hostname', facts: { system: { name: 'a', hostname: 'a\nb' } } },
  { field: 'system.domain', facts: { system: { name: 'a', hostname: 'a', domain: '$(id)' } } },
  { field: 'interfaces', facts: { interfaces: [] } },
  { field: 'interfaces.0.mac', facts: { interfaces: [{ ...nic, mac: '52-54-00-12-34-56' }] } },
  { field: 'interfaces.0.ip', facts: { interfaces: [{ ...nic, ip: '10.0.0.1;id', prefix: 24 }] } },
  { field: 'interfaces.0.prefix', facts: { interfaces: [{ ...nic, ip: '10.0.0.1' }] } },
  { field: 'interfaces.0.gateway', facts: { interfaces: [{ ...nic, gateway: '' }, nic] } },
  { field: 'interfaces.0.dns.0', facts: { interfaces: [{ ...nic, dns: ['dns.example.org'] }] } },
  { field: 'distro.treeUrl', facts: { distro: { ...minimalFacts().distro, treeUrl: 'file:///etc' } } },
  { field: 'distro.treeUrl', facts: { distro: { ...minimalFacts().distro, treeUrl: "http://a/'b" } } },
  { field: 'distro.treeUrl', facts: { distro: { ...minimalFacts().distro, treeUrl: 'http://u:p@a/' } } },
  { field: 'urls.events', facts: { urls: { ...urls, events: 'http://a/ b' } } },
  { field: 'urls.answer', facts: { urls: { ...urls, answer: 'http://a/$x' } } },
  {
    field: 'image.fileName',
    facts: { image: { url: urls.base, fileName: 'a.qcow2', sha256: '0'.repeat(64) } },
  },
  { field: 'image.sha256', facts: { image: { url: urls.base, fileName: 'a.raw', sha256: 'x' } } },
  { field: 'settings.disk', facts: { settings: { disk: 'sda; rm' } } },
  { field: 'settings.minDiskGb', facts: { settings: { minDiskGb: 0.5 } } },
  { field: 'settings.timezone', facts: { settings: { timezone: 'Europe/Berlin\nreboot' } } },
  { field: 'settings.locale', facts: { settings: { locale: 'C"' } } },
  { field: 'settings.keymap', facts: { settings: { keymap: 'us us' } } },
  { field: 'settings.packages.0', facts: { settings: { packages: ['vim\n%end'] } } },
  { field: 'settings.sshKeys.1', facts: { settings: { sshKeys: [SSH_KEY, `${SSH_KEY}\nreboot`] } } },
  { field: 'settings.sshKeys.0', facts: { settings: { sshKeys: ['command="x" ssh-rsa AAAA'] } } },
  { field: 'settings.vars.motd', facts: { settings: { vars: { motd: 'a\nb' } } } },
  { field: 'settings.rootPasswordHash', facts: { settings: { rootPasswordHash: new Secret('opensesame') } } },
  { field: 'settings.rootPasswordHash', facts: { settings: { rootPasswordHash: '$6$opensesame$x' } } },
  { field: 'server.address', facts: { server: { address: 'localhost' } } },
];

describe('facts that no answer file may contain', () => {
  test.each(hostile)('$field in $facts', ({ field, facts }) => {
    const build = () => buildContext(minimalFacts(facts as Partial<AnswerFacts>));
    expect(build).toThrow(AnswerFileError);
    expect(build).toThrow(`${field}: `);
    expect(build).not.toThrow(/opensesame|reboot|rm -rf/);
  });

  test('are all named at once', () => {
    const facts = minimalFacts({ settings: { disk: 'x', keymap: '?', minDiskGb: -1 } });
    expect(() => buildContext(facts)).toThrow(
      /settings\.disk: .*; settings\.minDiskGb: .*; settings\.keymap: /,
    );
  });
});
