import type { BootServer } from '../../boot/bootfile.ts';
import { type BootDecision, decideBoot } from '../../boot/decide.ts';
import { renderIpxeHandOver } from '../../boot/ipxe.ts';
import { nameBootNic } from '../../boot/kernel-line.ts';
import { SCRIPTS, type ScriptForm } from '../../boot/scripts.ts';
import type { NewBootEvent, Outcome, Stage } from '../../domain/boot/boot-event.ts';
import { closedReason, isOpen, type Observation } from '../../domain/install/install-state.ts';
import { formatIpv4, type Ipv4 } from '../../domain/network/ipv4.ts';
import type { Mac } from '../../domain/network/mac.ts';
import type { MachineFacts } from '../../store/interfaces/dhcp-store.ts';
import type { StoredInstall } from '../../store/interfaces/store.ts';
import type { Deps } from '../deps.ts';
import { limitEvents } from '../events/event-budget.ts';
import type { EventService } from '../events/events.ts';
import { factsOf, type InstallService } from '../installs/installs.ts';
import type { Rendering } from './answer-facts.ts';
import { type AnswerFiles, failureText } from './answer-files.ts';
import { createLocalScripts } from './local-scripts.ts';
import { preparedAnswers, REMOVED } from './prepared-answers.ts';

/** A machine that fetches something by HTTP: where it comes from, and by which address of ours it came. */
export interface Caller {
  readonly address: Ipv4;
  readonly server: BootServer;
  /** It came by a proxy in front, which said the address. */
  readonly isByProxy?: boolean;
}

/** The reasons why a machine is given nothing; the boot listener's own short table maps them to a status. */
export type Refusal = { readonly refused: 'unknown' | 'not-yours' | 'over'; readonly reason: string };

/** A file to hand out; `delivered` hears what of it has left, also when the machine went away in the middle. */
export type MachineFile = { readonly delivered: (sent: Delivery) => void } & (
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string; readonly bytes: Buffer; readonly contentType: string }
);

/** `byProxy`: a proxy in front sends the file; what becomes of it is in its log. */
export type Delivery =
  | { readonly bytes: number; readonly total: number; readonly ms: number }
  | { readonly byProxy: true };

export type FileName = 'kernel' | 'initrd' | 'answer' | 'image';

/** A machine that may be told something, and what. */
interface Judged {
  readonly machine: MachineFacts;
  readonly decision: BootDecision;
}

/** Whose script is made, for whom, and in which language. */
interface ScriptWish {
  readonly machine: MachineFacts;
  readonly mac: Mac;
  readonly caller: Caller;
  readonly form: ScriptForm;
}

/** What booting machines are given. Every way in asks the same policy (boot/decide.ts) or the same install. */
export function bootService(
  deps: Deps,
  installs: Pick<InstallService, 'findByToken' | 'observe' | 'tokenOf'>,
  answers: AnswerFiles,
  events: Pick<EventService, 'record'>,
) {
  const { store, now } = deps;
  const prepared = preparedAnswers(deps, answers);
  const localScripts = createLocalScripts();
  // A machine that asks without end, or somebody who does so in its name, must not fill the disk with its story.
  const tell = limitEvents(events.record, now);
  const tellRefused = limitEvents(events.record, now);

  const record = (
    stored: StoredInstall,
    stage: Stage,
    message: string,
    outcome: Outcome = 'ok',
    data: NewBootEvent['data'] = {},
  ): void => tell(eventOf(stored, stage, message, outcome, data));

  /** By its MAC in the record, or by the MAC that has the lease of a record without one. */
  const machineOf = (mac: string): MachineFacts | undefined =>
    store.dhcp.findMachine(mac) ?? store.dhcp.findMachineSeen(mac, now())?.machine;

  /** Does the address belong, by record or lease, to an interface of this system? */
  const isOwn = (address: Ipv4, systemId: number): boolean => {
    const mac = store.dhcp.findMacOf(address, now());
    return mac !== undefined && machineOf(mac)?.systemId === systemId;
  };

  /** The install behind a token, open or over, if the caller is its machine. */
  const findOwn = (token: string, caller: Caller, what: string): StoredInstall | Refusal => {
    const stored = installs.findByToken(token);
    if (stored === undefined) return { refused: 'unknown', reason: 'no install has this token' };
    if (!isOwn(caller.address, stored.systemId)) {
      const reason = `asked for by ${formatIpv4(caller.address)}, which is not an address of this machine`;
      tellRefused(eventOf(stored, 'refused', reason, 'warning', refusedData('not-yours', what, caller)));
      return { refused: 'not-yours', reason };
    }
    return stored;
  };

  /** The open install behind a token, if the caller is its machine. */
  const open = (token: string, caller: Caller, what: FileName): StoredInstall | Refusal => {
    const stored = findOwn(token, caller, what);
    if ('refused' in stored || isOpen(factsOf(stored.install), now())) return stored;
    const reason = closedReason(stored.install);
    const message = `asked for the ${what}, and was refused: ${reason}`;
    tellRefused(eventOf(stored, 'refused', message, 'warning', refusedData('over', what, caller)));
    return { refused: 'over', reason };
  };

  /** The machine with this MAC and what it is to do, if the caller is that machine and is to be told anything. */
  const judge = (mac: Mac, caller: Caller): Judged | Refusal => {
    const machine = machineOf(mac);
    const decision = decideBoot({ known: machine !== undefined, install: machine?.install ?? null }, now());
    if (machine === undefined || decision.action === 'ignore')
      return { refused: 'unknown', reason: decision.reason };
    if (machine.ip !== caller.address && !isOwn(caller.address, machine.systemId)) {
      const message = `its boot script was asked for by ${formatIpv4(caller.address)}, which is not an address of this machine`;
      const data = refusedData('not-yours', 'boot-script', caller);
      tellRefused({ ...machineEvent(machine, mac, 'refused', message, data), outcome: 'warning' });
      return { refused: 'not-yours', reason: 'this address is not leased to that MAC' };
    }
    if (machine.loader === 'none')
      return { refused: 'unknown', reason: `the record of ${machine.system} says loader none` };
    return { machine, decision };
  };

  /** What cannot be made stands on the timeline before the error goes its way: the machine shows nobody anything. */
  const orTell = async <T>(stage: Stage, base: Partial<NewBootEvent>, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const message = `could not be made: ${failureText(error) ?? 'the log of the service has the details'}`;
      const owner = { systemId: null, installId: null, mac: null, data: {}, ...base };
      tell({ ...owner, stage, outcome: 'error', message });
      throw error;
    }
  };

  const move = async (stored: StoredInstall, seen: Observation): Promise<Refusal | undefined> => {
    const result = await installs.observe(stored.install.id, seen);
    return 'refused' in result ? { refused: 'over', reason: result.refused } : undefined;
  };

  const installScript = async ({ machine, mac, caller, form }: ScriptWish): Promise<string | Refusal> => {
    const installId = machine.install?.id;
    if (installId === undefined) return { refused: 'over', reason: 'the record was removed' };
    const result = await installs.observe(installId, { kind: 'script-served' });
    if ('refused' in result) return localScript({ machine, mac, caller, form }, result.refused);
    const token = installs.tokenOf(installId);
    if (token === undefined) return { refused: 'over', reason: 'the install was removed' };
    const args = await orTell('boot-script', { systemId: machine.systemId, installId, mac }, () =>
      prepared.kernelArgs({ installId, systemId: machine.systemId }, { token, server: caller.server }),
    );
    if (args === REMOVED) return { refused: 'over', reason: 'the record was removed' };
    const kernelArgs = nameBootNic(args, mac);
    const shown = kernelArgs.join(' ').replaceAll(token, '<token>');
    const data = { kernelArgs: shown, address: formatIpv4(caller.address) };
    tell(machineEvent(machine, mac, 'boot-script', 'told to load the installer', data));
    const { server } = caller;
    return SCRIPTS[form].install({ system: machine.system, mac, server, token, kernelArgs });
  };

  const localScript = ({ machine, mac, caller, form }: ScriptWish, reason: string): string => {
    const data = { address: formatIpv4(caller.address) };
    tell(machineEvent(machine, mac, 'local-boot', `sent to its disk: ${reason}`, data));
    return localScripts(form, { reason, server: caller.server, localBoot: machine.localBoot });
  };

  const answerFile = async (
    stored: StoredInstall,
    token: string,
    caller: Caller,
  ): Promise<MachineFile | Refusal> => {
    const rendering: Rendering = { token, server: caller.server };
    const owner = { systemId: stored.systemId, installId: stored.install.id };
    const rendered = await orTell('answer-file', owner, () => prepared.answerFile(owner, rendering));
    if (rendered === REMOVED) return { refused: 'unknown', reason: 'the system was removed' };
    const over = await move(stored, { kind: 'answer-served' });
    const { text, bytes, contentType } = rendered;
    const delivered = (sent: Delivery) => tellDelivered(stored, 'answer-file', sent, caller);
    return over ?? { kind: 'text', text, bytes, contentType, delivered };
  };

  const tellDelivered = (stored: StoredInstall, stage: Stage, sent: Delivery, caller: Caller): void => {
    const address = formatIpv4(caller.address);
    if ('byProxy' in sent) {
      record(stored, stage, 'handed to the proxy, which sends it', 'ok', { address, byProxy: true });
      return;
    }
    const { bytes, total, ms } = sent;
    const whole = bytes >= total;
    const size = whole ? `${total} bytes` : `broken off after ${bytes} of ${total} bytes`;
    const data = { bytes, total, ms, address, ...(caller.isByProxy === true ? { byProxy: true } : {}) };
    record(stored, stage, `${size} in ${(ms / 1000).toFixed(1)} s`, whole ? 'ok' : 'warning', data);
  };

  return {
    judge,
    findOwn,

    /** The script of the machine with this MAC; only its own address gets one, since it names the token. */
    async script(mac: Mac, caller: Caller, form: ScriptForm = 'ipxe'): Promise<string | Refusal> {
      const judged = judge(mac, caller);
      if ('refused' in judged) return judged;
      const { machine, decision } = judged;
      const wish = { machine, mac, caller, form };
      if (decision.action === 'local') return localScript(wish, decision.reason);
      const { loader, system } = machine;
      // An iPXE in the NIC's ROM was there before our choice: the script that is counted is the other loader's.
      if (form === 'ipxe' && (loader === 'grub' || loader === 'pxelinux'))
        return renderIpxeHandOver({ system, mac, server: caller.server, loader });
      return installScript(wish);
    },

    /** One file of an install. The answer file spends the attempt before a byte of it leaves. */
    async file(token: string, name: FileName, caller: Caller): Promise<MachineFile | Refusal> {
      const stored = open(token, caller, name);
      if ('refused' in stored) return stored;
      if (name === 'answer') return answerFile(stored, token, caller);
      const path = await prepared.pathOf(stored.systemId, name);
      if (path === REMOVED) return { refused: 'unknown', reason: 'the system was removed' };
      if (path === undefined) {
        const reason = `this profile has no ${name}, or its file may not be read`;
        record(stored, name, reason, 'error');
        return { refused: 'unknown', reason };
      }
      if (name !== 'image') {
        const over = await move(stored, { kind: `${name}-served` });
        if (over !== undefined) return over;
      }
      return { kind: 'path', path, delivered: (sent) => tellDelivered(stored, name, sent, caller) };
    },
  };
}

export type BootService = ReturnType<typeof bootService>;

// Whole literals: a spread takes longer than the script that is told of.
function eventOf(
  { systemId, install }: StoredInstall,
  stage: Stage,
  message: string,
  outcome: Outcome = 'ok',
  data: NewBootEvent['data'] = {},
): NewBootEvent {
  return { systemId, installId: install.id, mac: null, stage, outcome, message, data };
}

function machineEvent(
  machine: MachineFacts,
  mac: Mac,
  stage: Stage,
  message: string,
  data: NewBootEvent['data'] = {},
): NewBootEvent {
  const installId = machine.install?.id ?? null;
  return { systemId: machine.systemId, installId, mac, stage, outcome: 'ok', message, data };
}

/** What was refused, to whom and by which rule, for programs. */
function refusedData(code: Refusal['refused'], file: string, { address }: Caller): NewBootEvent['data'] {
  return { code, file, from: formatIpv4(address) };
}
