import type { LoaderChoice } from '../../domain/boot/boot-choice.ts';
import type { BootEvent } from '../../domain/boot/boot-event.ts';
import type { Install } from '../../domain/install/install.ts';
import type { Stranger } from '../dhcp/strangers.ts';

/** What is known beside the timeline. */
export interface DiagnosisFacts {
  readonly system: string;
  readonly loader: LoaderChoice;
  readonly hasBmc: boolean;
  /** Does its profile write an image? */
  readonly isImage: boolean;
  /** The subnets of its interfaces. */
  readonly subnets: readonly { readonly name: string; readonly dhcp: string }[];
  /** DHCP servers besides this one, on those subnets. */
  readonly otherServers: readonly { readonly address: string; readonly subnet: string }[];
  /** Machines that no record knows and that netbooted on those subnets, newest first. */
  readonly strangers: readonly Stranger[];
  readonly ownAddresses: readonly string[];
  /** TCP port of the boot listener. */
  readonly httpPort: number;
}

/** A loader, script or other file that was asked for by its name. */
export interface Load {
  readonly event: BootEvent;
  readonly name: string;
  readonly result: 'complete' | 'aborted' | 'not-found' | 'refused';
  readonly bytes: number;
  readonly total: number;
}

/** What the events of one attempt say, in the words of the causes. All lists are in the order of time. */
export interface Evidence extends DiagnosisFacts {
  readonly install: Install;
  readonly nowMs: number;
  readonly all: readonly BootEvent[];
  of(...stages: readonly string[]): readonly BootEvent[];
  /** DISCOVERs of firmware, of iPXE, and of operating systems. */
  readonly discovers: Readonly<Record<'rom' | 'ipxe' | 'disk', readonly BootEvent[]>>;
  readonly loads: readonly Load[];
  /** Its last offer. */
  readonly offer: BootEvent | undefined;
  /** Later than this event. */
  after(event: BootEvent | undefined): readonly BootEvent[];
}

/** Which attempt is looked at, and what was seen in it. */
export interface Attempt {
  readonly number: number;
  readonly events: readonly BootEvent[];
}

/**
 * The events of the last attempt of an install. A new one begins with the DISCOVER before an offer to install that comes
 * after an answer file was handed out.
 */
export function lastAttempt(install: Install, timeline: readonly BootEvent[]): Attempt {
  const own = inOrder(timeline).filter((event) => isOf(install, event));
  let from = 0;
  let number = 1;
  let isSpent = false;
  let discoverAt = 0;
  for (const [at, { stage, data }] of own.entries()) {
    if (stage === 'answer-file') isSpent = true;
    if (stage === 'dhcp-discover' && data['ipxe'] !== true) discoverAt = at;
    if (!isSpent || stage !== 'dhcp-offer' || data['action'] !== 'install') continue;
    from = discoverAt;
    number += 1;
    isSpent = false;
  }
  return { number, events: own.slice(from) };
}

/** Steps of power are part of the install whichever way they were asked for; what is of an earlier install is not. */
function isOf({ id, armedAt }: Install, { installId, at }: BootEvent): boolean {
  return installId === id || (installId === null && Date.parse(at) >= Date.parse(armedAt));
}

/** By time; what a batch has written later may have happened before. */
export function inOrder(events: readonly BootEvent[]): BootEvent[] {
  return [...events].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.id - b.id);
}

/** Reads the events of an attempt. */
export function evidenceOf(
  install: Install,
  { events: all }: Attempt,
  facts: DiagnosisFacts,
  nowMs: number,
): Evidence {
  const of = (...stages: readonly string[]): BootEvent[] => all.filter(({ stage }) => stages.includes(stage));
  const heard = of('dhcp-discover');
  const netbooted = heard.filter(({ data }) => data['netboot'] !== false);
  return {
    ...facts,
    install,
    nowMs,
    all,
    of,
    discovers: {
      rom: netbooted.filter(({ data }) => data['ipxe'] !== true),
      ipxe: netbooted.filter(({ data }) => data['ipxe'] === true),
      disk: of('dhcp-discover', 'dhcp-request').filter(({ data }) => data['netboot'] === false),
    },
    loads: of('tftp', 'loader').flatMap((event) => loadOf(event) ?? []),
    offer: of('dhcp-offer').at(-1),
    after: (event) => (event === undefined ? all : all.slice(all.indexOf(event) + 1)),
  };
}

function loadOf(event: BootEvent): Load | undefined {
  const { name, result, bytes, total } = event.data;
  if (typeof name !== 'string' || typeof result !== 'string') return undefined;
  return {
    event,
    name,
    result: result as Load['result'],
    bytes: Number(bytes ?? 0),
    total: Number(total ?? 0),
  };
}

/** Kernel and initrd that a loader fetches by TFTP are files of the install. */
export function isInstallFile({ name }: Pick<Load, 'name'>, file?: 'kernel' | 'initrd'): boolean {
  return (
    /^\/?i\/[^/]+\/(kernel|initrd)$/.exec(name)?.[1] !== undefined &&
    (file === undefined || name.endsWith(`/${file}`))
  );
}
