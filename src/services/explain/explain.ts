import { LOADERS } from '../../boot/loaders.ts';
import { decodePacket } from '../../dhcp/packet.ts';
import { formatPacket } from '../../dhcp/summary.ts';
import type { ExplainStep, ExplainStepName } from '../../domain/install/explanation.ts';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../domain/network/ipv4.ts';
import { macWithDashes } from '../../domain/network/mac.ts';
import type { StoredInstall } from '../../store/interfaces/store.ts';
import type { Caller, FileName, Refusal } from '../boot/boot.ts';
import type { DhcpAnswer } from '../dhcp/dhcp.ts';
import type { Exchange } from '../dhcp/dhcp-events.ts';
import type { FileFacts } from '../distros.ts';
import { createDryRun, DRY_TOKEN, type DryRun, type RealParts } from './dry-run.ts';
import type { Place } from './place.ts';
import { encodeProbe, FIRMWARE, type Probe } from './probe-packet.ts';
import type { Subject } from './subject.ts';

/** What a play needs to know. */
export interface PlayParts {
  readonly real: RealParts;
  readonly files: Pick<FileFacts, 'inspect'>;
  readonly subject: Subject;
  readonly place: Place;
  readonly supposed: StoredInstall | undefined;
  /** It runs iPXE already. */
  readonly isIpxe: boolean;
}

type Step = ExplainStep;

const step = (
  name: ExplainStepName,
  says: string,
  more: Partial<Omit<Step, 'name' | 'says'>> = {},
): Step => ({ name, says, outcome: 'ok', why: null, hint: null, text: null, data: {}, ...more });

/** Plays a whole boot through the functions that answer machines, and writes down what came of each question. */
export async function playBoot(parts: PlayParts): Promise<Step[]> {
  const run = createDryRun(parts.real, parts.supposed);
  const first = await playDhcp(parts, run, parts.isIpxe);
  const steps = [first.step];
  if (first.bootfile === undefined || first.caller === undefined) return steps;
  let { bootfile, caller } = first;
  if (!parts.isIpxe) {
    const loader = await playLoader(run, bootfile, caller);
    steps.push(...loader);
    if (loader.some(({ outcome }) => outcome === 'error')) return steps;
    if (runsIpxe(bootfile)) {
      const again = await playDhcp(parts, run, true);
      steps.push(again.step);
      if (again.bootfile === undefined || again.caller === undefined) return steps;
      ({ bootfile, caller } = again);
    }
  }
  steps.push(...(await playScript(parts, run, bootfile, caller)));
  return steps;
}

interface Offered {
  readonly step: Step;
  readonly bootfile?: string | undefined;
  readonly caller?: Caller | undefined;
}

/** DISCOVER and REQUEST, as firmware or as iPXE. */
async function playDhcp({ real, subject, place }: PlayParts, run: DryRun, isIpxe: boolean): Promise<Offered> {
  const { mac, identity } = subject;
  const probe: Probe = {
    mac,
    isIpxe,
    firmware: FIRMWARE[subject.firmware.kind],
    giaddr: place.giaddr,
    ...identity,
  };
  const offer = await run.dhcp.handle(encodeProbe(probe), place.reception);
  const exchange = run.exchanges.at(-1);
  const name = isIpxe ? 'dhcp-ipxe' : 'dhcp';
  if (offer === undefined || exchange === undefined) return { step: silence(name, exchange, subject) };
  const reply = decodePacket(offer.bytes);
  const address = reply.yiaddr === 0 ? undefined : reply.yiaddr;
  if (address !== undefined) {
    const request = { address, serverId: exchange.serverId };
    await run.dhcp.handle(encodeProbe({ ...probe, request }), place.reception);
  }
  const confirmed = run.exchanges.at(-1)?.decision;
  const { target } = exchange;
  const bootfile = target.kind === 'boot' && offersBoot(exchange) ? target.bootfile : undefined;
  const server = target.kind === 'boot' ? target.nextServer : exchange.serverId;
  return {
    step: offered(name, offer, exchange, {
      isRefused: address !== undefined && confirmed?.kind !== 'ack',
      confirmedReason: confirmed?.reason ?? '',
      subject,
    }),
    bootfile,
    caller: {
      address: address ?? heardAddress(real, subject) ?? exchange.serverId,
      server: { address: server, httpPort: real.dhcp.httpPort },
    },
  };
}

/** On a subnet where another server gives the addresses, the one that the machine was heard to take. */
function heardAddress({ deps }: RealParts, { mac, card }: Subject): Ipv4 | undefined {
  const recorded = card?.ip == null ? undefined : parseIpv4(card.ip);
  const lease = deps.store.dhcp.findLease(mac, 0 as Ipv4, 0xffffffff as Ipv4);
  return recorded ?? lease?.ip;
}

function offersBoot({ decision }: Exchange): boolean {
  return 'boot' in decision && decision.boot.kind === 'boot';
}

function silence(name: ExplainStepName, exchange: Exchange | undefined, { stored, mac }: Subject): Step {
  const why = exchange?.decision.reason ?? 'no interface of this server has an address there';
  const hint = stored === undefined ? addCommand(mac) : 'provision subnet list; provision doctor';
  return step(name, 'no answer', { outcome: 'error', why, hint });
}

function addCommand(mac: string): string {
  return `to make it known: provision system add NAME --profile PROFILE --mac ${mac}`;
}

function offered(
  name: ExplainStepName,
  { bytes, destination }: DhcpAnswer,
  { decision, target, machine, serverId }: Exchange,
  { isRefused, confirmedReason, subject }: { isRefused: boolean; confirmedReason: string; subject: Subject },
): Step {
  const reply = decodePacket(bytes);
  const boot = 'boot' in decision ? decision.boot : undefined;
  const file = target.kind === 'boot' && boot?.kind === 'boot' ? target.bootfile : null;
  const address = reply.yiaddr === 0 ? 'no address (another server gives it)' : formatIpv4(reply.yiaddr);
  const whyBoot = boot?.kind === 'none' ? boot.reason : target.reason;
  const data = {
    address: reply.yiaddr === 0 ? null : formatIpv4(reply.yiaddr),
    server: formatIpv4(serverId),
    nextServer: boot?.kind === 'boot' ? formatIpv4(boot.siaddr) : null,
    bootfile: file,
    destination: destination.kind,
  };
  if (isRefused)
    return step(name, `offered ${address}, and the REQUEST for it would be refused`, {
      outcome: 'error',
      why: confirmedReason,
      text: formatPacket(reply),
      data,
    });
  return step(
    name,
    `${address}; ${file === null ? 'nothing to boot' : `boot file ${file} of ${data.nextServer}`}`,
    {
      outcome: file === null ? 'warning' : 'ok',
      why: `${decision.reason}; ${whyBoot}`,
      hint: machine === undefined ? addCommand(subject.mac) : null,
      text: formatPacket(reply),
      data,
    },
  );
}

/** The name of a loader in a boot file: by TFTP it is the name, by HTTP what comes after the folder of loaders. */
function loaderName(bootfile: string): string {
  return bootfile.replace(/^https?:\/\/[^/]+\/(?:loaders\/)?/, '');
}

const chains = Object.values(LOADERS).flatMap((byArch) => Object.values(byArch));

/** Does this file become an iPXE, which asks again? The others look for a script by themselves. */
function runsIpxe(bootfile: string): boolean {
  return [LOADERS.ipxe, LOADERS['ipxe-native']].some((byArch) =>
    Object.values(byArch).some((chain) => 'first' in chain && chain.first === loaderName(bootfile)),
  );
}

/** The loader and every further file without which it does not get to its script. */
async function playLoader({ bootFiles }: DryRun, bootfile: string, caller: Caller): Promise<Step[]> {
  const first = loaderName(bootfile);
  const chain = chains.find((one) => 'first' in one && one.first === first);
  const names = [first, ...(chain !== undefined && 'needs' in chain ? chain.needs : [])];
  const by = bootfile.startsWith('http') ? 'HTTP' : 'TFTP';
  const steps: Step[] = [];
  for (const name of names) {
    const found = await bootFiles.find(name, caller);
    if (found.kind === 'bytes') {
      const { length } = found.bytes;
      steps.push(step('loader', `${name}, ${length} bytes by ${by}`, { data: { name, bytes: length } }));
    } else if (found.kind === 'none') {
      const { reason } = found.refusal;
      const more = { outcome: 'error', why: reason, hint: 'provision loaders list', data: { name } } as const;
      steps.push(step('loader', `${name} is not there`, more));
    }
  }
  return steps;
}

/** The script, in the language of the loader, and everything that it names. */
async function playScript(parts: PlayParts, run: DryRun, bootfile: string, caller: Caller): Promise<Step[]> {
  const { mac } = parts.subject;
  const dashes = macWithDashes(mac);
  const isGrub = /(?:^|\/)(?:shim|grub)[^/]*\.efi$/.test(bootfile);
  const name = isGrub ? `boot/grub/${dashes}` : `pxelinux.cfg/01-${dashes}`;
  const asked = await settled(() =>
    parts.isIpxe || bootfile.includes('/boot/ipxe/')
      ? run.boot.script(mac, caller)
      : readText(run, name, caller),
  );
  const told = run.events.at(-1);
  if (typeof asked !== 'string')
    return [step('script', 'no script', { outcome: 'error', why: asked.reason, hint: 'provision doctor' })];
  const isInstall = told?.stage === 'boot-script';
  const why = told?.message ?? null;
  const script = step('script', isInstall ? 'loads the installer' : 'no installer', { why, text: asked });
  if (told?.stage === 'local-boot')
    return [
      script,
      step('disk', 'boots from its disk', { why: told.message.replace(/^sent to its disk: /, '') }),
    ];
  if (!isInstall) return [script];
  return [script, ...(await playInstall(parts, run, caller, String(told.data['kernelArgs'] ?? '')))];
}

async function readText({ bootFiles }: DryRun, name: string, caller: Caller): Promise<string | Refusal> {
  const found = await bootFiles.find(name, caller);
  if (found.kind === 'bytes') return found.bytes.toString('utf8');
  return found.kind === 'none' ? found.refusal : { refused: 'unknown', reason: `${name} is no script` };
}

/** What cannot be made is told in words, as it is on the timeline. */
async function settled(work: () => Promise<string | Refusal>): Promise<string | Refusal> {
  try {
    return await work();
  } catch (error) {
    return { refused: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Kernel, initrd, answer file and image. */
async function playInstall(
  parts: PlayParts,
  run: DryRun,
  caller: Caller,
  kernelArgs: string,
): Promise<Step[]> {
  const steps: Step[] = [];
  const ask = async (name: ExplainStepName, file: FileName, text: string | null = null): Promise<void> => {
    steps.push(await playFile(parts, run, caller, { name, file, text }));
  };
  await ask('kernel', 'kernel', kernelArgs.replaceAll('<token>', DRY_TOKEN));
  await ask('initrd', 'initrd');
  await ask('answer-file', 'answer');
  const stored = parts.subject.stored;
  const profile =
    stored === undefined ? undefined : await parts.real.deps.store.read.profiles.find(stored.system.profile);
  if (profile?.profile.install === 'image') await ask('image', 'image');
  return steps;
}

async function playFile(
  { files }: PlayParts,
  { boot }: DryRun,
  caller: Caller,
  { name, file, text }: { name: ExplainStepName; file: FileName; text: string | null },
): Promise<Step> {
  let refused: string;
  try {
    const found = await boot.file(DRY_TOKEN, file, caller);
    if (!('refused' in found)) {
      if (found.kind === 'text')
        return step(name, `${found.bytes.length} bytes, ${found.contentType}`, {
          text: found.text,
          data: { bytes: found.bytes.length },
        });
      const facts = await files.inspect(found.path);
      const bytes = 'refused' in facts ? 0 : facts.size;
      return step(name, `${found.path}, ${bytes} bytes`, { text, data: { path: found.path, bytes } });
    }
    refused = found.reason;
  } catch (error) {
    refused = error instanceof Error ? error.message : String(error);
  }
  return step(name, 'not handed out', { outcome: 'error', why: refused, text });
}
