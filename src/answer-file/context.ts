import type { Secret } from '../domain/access/secret.ts';
import { hostNamesOf } from '../domain/network/fqdn.ts';
import { AnswerFileError } from './error.ts';
import { compressionOf, factProblems, type ImageCompression } from './fact-rules.ts';
import {
  type AnswerInterface,
  type AnswerNetwork,
  type InterfaceFacts,
  networkContext,
} from './network-context.ts';

/** Effective values of one system, as the services resolve them. Everything is validated again here. */
export interface AnswerFacts {
  readonly system: {
    readonly name: string;
    /** First label or whole name; without a dot `domain` is put behind it to make `fqdn`. */
    readonly hostname: string;
    readonly domain?: string | null;
    readonly firmware?: 'bios' | 'uefi' | null;
    readonly roles?: readonly string[];
  };
  /** In the order of the record: the first is the one that the machine boots and installs from. */
  readonly interfaces: readonly InterfaceFacts[];
  readonly distro: {
    readonly name: string;
    readonly family: 'debian' | 'redhat' | 'image';
    readonly version: string;
    readonly arch: string;
    readonly treeUrl?: string | null;
    readonly repositories?: readonly { readonly name: string; readonly url: string }[];
  };
  readonly profile: { readonly name: string };
  /** For profiles that write an image: where it is, its file name (says how it is compressed), its digest. */
  readonly image?: {
    readonly url: string;
    readonly fileName: string;
    readonly sha256: string;
    readonly sizeBytes?: number | null;
  } | null;
  readonly settings: {
    readonly disk?: string | null;
    readonly minDiskGb?: number | null;
    readonly timezone?: string | null;
    readonly locale?: string | null;
    readonly keymap?: string | null;
    readonly packages?: readonly string[];
    readonly kernelPackage?: string | null;
    readonly rootPartition?: number | null;
    readonly rootPasswordHash?: Secret | null;
    readonly sshKeys?: readonly string[];
    readonly vars?: Readonly<Record<string, string>>;
  };
  /** With the install's token in them; for a preview give URLs with something else in its place. */
  readonly urls: {
    /** The boot listener, e.g. `http://10.0.0.1:8080`. */
    readonly base: string;
    readonly answer: string;
    /** Stages are posted to `<events>/<stage>`. */
    readonly events: string;
    /** Logs are posted to `<logs>/<name>`. */
    readonly logs: string;
  };
  readonly server: { readonly address: string };
  /** The server's port for syslog, by UDP and TCP; null or absent where it does not listen. */
  readonly syslogPort?: number | null;
  /** For machines that are handed over to Puppet. */
  readonly puppet?: PuppetFacts | null;
}

/** What a machine's Puppet agent is told. */
export interface PuppetFacts {
  readonly certname: string;
  readonly server: string;
  /** Of this install, for the request of the machine's certificate. */
  readonly challenge: Secret;
  /** Certificate of the CA, and of those above it, in PEM: a line each. */
  readonly caLines: readonly string[];
}

export interface AnswerUrl {
  readonly url: string;
  /** `host` or `host:port`. */
  readonly host: string;
  /** Begins with a slash, ends without one unless it is only that: `/debian`. */
  readonly path: string;
}

/**
 * The variables of every template: a plain copy that shares nothing with records. What a system may lack is null, and
 * printing null is an error, so a template must guard it.
 */
export interface AnswerContext {
  readonly system: {
    readonly name: string;
    /** First label of the host name. */
    readonly hostname: string;
    readonly domain: string | null;
    /** Host name with domain; the host name alone without one. */
    readonly fqdn: string;
    readonly firmware: 'bios' | 'uefi' | null;
    /** What it is for: `{% if 'web' in system.roles %}`. */
    readonly roles: readonly string[];
  };
  readonly interfaces: readonly AnswerInterface[];
  /**
   * What the machine boots with: the first interface, or the bond or bridge that is made of it. `mac` is that of the card that boots.
   */
  readonly primary: AnswerInterface;
  readonly network: AnswerNetwork;
  readonly distro: {
    readonly name: string;
    readonly family: 'debian' | 'redhat' | 'image';
    readonly version: string;
    readonly arch: string;
    readonly tree: AnswerUrl | null;
    readonly repositories: readonly { readonly name: string; readonly url: string }[];
  };
  readonly profile: { readonly name: string };
  readonly image: {
    readonly url: string;
    readonly compression: ImageCompression;
    readonly sha256: string;
    readonly sizeBytes: number | null;
  } | null;
  readonly settings: {
    readonly disk: string | null;
    readonly minDiskGb: number;
    readonly timezone: string;
    readonly locale: string;
    /** Of the locale: `en` of `en_US.UTF-8`; `C` of `C.UTF-8`. */
    readonly language: string;
    /** Of the locale: `US` of `en_US.UTF-8`; null of one that names no country. */
    readonly country: string | null;
    readonly keymap: string;
    readonly packages: readonly string[];
    readonly kernelPackage: string | null;
    readonly rootPartition: number;
    readonly rootPasswordHash: Secret | null;
    readonly sshKeys: readonly string[];
  };
  readonly vars: Readonly<Record<string, string>>;
  readonly urls: {
    readonly base: string;
    readonly answer: string;
    readonly events: string;
    readonly logs: string;
  };
  readonly server: { readonly address: string };
  /** Where logs may be sent by syslog; null where the server does not listen. */
  readonly syslog: { readonly host: string; readonly port: number } | null;
  /** Null where the machine is not handed over to Puppet. */
  readonly puppet: PuppetFacts | null;
}

/** What is assumed when neither system nor profile says. */
export const SETTING_DEFAULTS = {
  minDiskGb: 8,
  timezone: 'Etc/UTC',
  locale: 'C.UTF-8',
  keymap: 'us',
  rootPartition: 1,
} as const;

/**
 * Builds the variables of a system. Throws AnswerFileError `bad-fact` that names every fault at once, by field and
 * never by value.
 */
export function buildContext(facts: AnswerFacts): AnswerContext {
  const problems = factProblems(facts);
  const { interfaces, primary, network } = networkContext(facts.interfaces);
  if (problems.length > 0 || primary === undefined) throw badFacts(problems);
  return {
    system: systemContext(facts.system),
    interfaces,
    primary,
    network,
    distro: distroContext(facts.distro),
    profile: { name: facts.profile.name },
    image: imageContext(facts.image ?? null),
    settings: settingsContext(facts.settings),
    vars: { ...facts.settings.vars },
    urls: { ...facts.urls },
    server: { address: facts.server.address },
    syslog: facts.syslogPort ? { host: facts.server.address, port: facts.syslogPort } : null,
    puppet: facts.puppet ? { ...facts.puppet, caLines: [...facts.puppet.caLines] } : null,
  };
}

function badFacts(problems: readonly string[]): AnswerFileError {
  const message = problems.join('; ');
  return new AnswerFileError({ code: 'bad-fact', template: null, line: null, message, hint: null });
}

function systemContext(system: AnswerFacts['system']): AnswerContext['system'] {
  const { label, domain, fqdn } = hostNamesOf(system.hostname, system.domain ?? null);
  const { name, firmware = null, roles = [] } = system;
  return { name, hostname: label, domain, fqdn, firmware, roles: [...roles] };
}

function distroContext(distro: AnswerFacts['distro']): AnswerContext['distro'] {
  const { name, family, version, arch } = distro;
  const tree = distro.treeUrl ? splitUrl(distro.treeUrl) : null;
  const repositories = (distro.repositories ?? []).map((repository) => ({
    name: repository.name,
    url: repository.url,
  }));
  return { name, family, version, arch, tree, repositories };
}

function imageContext(image: AnswerFacts['image'] | null): AnswerContext['image'] {
  const compression = image ? compressionOf(image.fileName) : undefined;
  if (!image || compression === undefined) return null;
  return { url: image.url, compression, sha256: image.sha256, sizeBytes: image.sizeBytes ?? null };
}

function settingsContext(settings: AnswerFacts['settings']): AnswerContext['settings'] {
  const locale = settings.locale ?? SETTING_DEFAULTS.locale;
  const [, language = 'C', country = null] = /^([a-z]{2,3})(?:_([A-Z]{2}))?(?:[.@]|$)/.exec(locale) ?? [];
  return {
    disk: settings.disk ?? null,
    minDiskGb: settings.minDiskGb ?? SETTING_DEFAULTS.minDiskGb,
    timezone: settings.timezone ?? SETTING_DEFAULTS.timezone,
    locale,
    language,
    country,
    keymap: settings.keymap ?? SETTING_DEFAULTS.keymap,
    packages: [...(settings.packages ?? [])],
    kernelPackage: settings.kernelPackage ?? null,
    rootPartition: settings.rootPartition ?? SETTING_DEFAULTS.rootPartition,
    rootPasswordHash: settings.rootPasswordHash ?? null,
    sshKeys: [...(settings.sshKeys ?? [])],
  };
}

function splitUrl(text: string): AnswerUrl {
  const url = new URL(text);
  return { url: text, host: url.host, path: url.pathname.replace(/(.)\/+$/, '$1') };
}
