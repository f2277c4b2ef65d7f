import { z } from 'zod';
import type { Outcome } from '../../domain/boot/boot-event.ts';
import { type ChosenFirmware, firmwareDoubt } from '../../domain/boot/chosen-firmware.ts';
import type { Check } from '../../domain/check.ts';
import { DomainError, invalid } from '../../domain/errors.ts';
import { passwordWarning } from '../../domain/power/bmc.ts';
import type { BmcInfo, BmcLogEntry, BmcSensor, BmcSession } from '../../domain/power/bmc-driver.ts';
import { BMC_FAILURES, BmcError } from '../../domain/power/bmc-error.ts';
import {
  BOOT_DEVICES,
  type BootDeviceResult,
  type BootOverride,
  FIRMWARES,
} from '../../domain/power/power.ts';
import type { StoredBmc } from '../../store/interfaces/power-store.ts';
import type { Store } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';
import { parseInput } from '../records/input.ts';
import { openBmcSecrets } from '../systems/system-bmc.ts';
import type { BmcAccess } from './bmc-access.ts';
import type { PowerDeps } from './power-deps.ts';
import { refusedError } from './power-requests.ts';
import { withTries } from './tries.ts';

export const bootDeviceInput = z
  .strictObject({
    device: z.enum(BOOT_DEVICES),
    persistent: z.boolean().default(false),
    /** Null: as the record says, or as it was heard. */
    firmware: z.enum(FIRMWARES).nullable().default(null),
    httpBootUri: z
      .url({ protocol: /^https?$/, message: 'must be an http or https URL' })
      .max(512)
      .regex(/^[!-~]*$/, { message: 'must be printable ASCII without spaces' })
      .nullable()
      .default(null),
  })
  .refine(({ device, httpBootUri }) => httpBootUri === null || device === 'pxe', {
    path: ['httpBootUri'],
    message: 'is a way of network boot: it goes with the device pxe',
  });
const URI_NEEDS_UEFI = { path: 'httpBootUri', message: 'is for UEFI firmware; legacy BIOS boots no URL' };
export const identifyInput = z.strictObject({ seconds: z.int().min(0).max(255).default(15) });

/** What is asked of one BMC, and answered at once. Throws DomainError `bmc-failed`, `not-found` or `wrong-state`. */
export interface BmcOperations {
  setBootDevice(name: string, body: unknown, actor: Actor): Promise<BootDeviceResult>;
  bootDevice(name: string): Promise<{ readonly override: BootOverride | null }>;
  identify(name: string, body: unknown, actor: Actor): Promise<{ readonly seconds: number }>;
  info(name: string): Promise<BmcInfo>;
  sensors(name: string): Promise<readonly BmcSensor[]>;
  log(name: string, limit: number): Promise<readonly BmcLogEntry[]>;
  check(name: string): Promise<readonly Check[]>;
}

export function createBmcOperations(power: PowerDeps, access: BmcAccess): BmcOperations {
  const { deps, events, clock } = power;
  const { store } = deps;

  const inSession = <T>(stored: StoredBmc, work: (session: BmcSession) => Promise<T>): Promise<T> =>
    told(stored, () => withTries(clock, (signal) => access.session(stored, signal, work)));
  const audit = (stored: StoredBmc, actor: Actor, detail: Record<string, unknown>) =>
    store.transaction((tx) =>
      tx.audit.add({ by: actor, action: 'bmc', noun: 'system', name: stored.system, detail }, clock.now()),
    );
  const tell = ({ systemId }: StoredBmc, outcome: Outcome, message: string): void =>
    events.record({
      systemId,
      mac: null,
      installId: null,
      stage: 'boot-device',
      outcome,
      message,
      data: {},
    });

  return {
    async setBootDevice(name, body, actor) {
      const { device, persistent, firmware, httpBootUri } = parseInput(bootDeviceInput, body);
      const { stored, chosen } = await getAsked(store, name);
      const plain = { device, persistent, firmware: firmware ?? chosen.value };
      const asked = httpBootUri === null ? plain : { ...plain, httpBootUri };
      if (httpBootUri !== null && asked.firmware !== 'uefi') throw invalid([URI_NEEDS_UEFI]);
      await audit(stored, actor, { bootDevice: asked });
      const confirmed = await inSession(stored, (session) => session.setBootDevice(asked));
      const agrees = confirmed === null || isSame(asked, confirmed);
      const doubt = firmware === null && device !== 'none' ? firmwareDoubt(chosen, name) : undefined;
      const words = `boot device ${formatOverride(asked)}, by ${actor.name}${doubt === undefined ? '' : `; ${doubt}`}`;
      tell(
        stored,
        agrees ? 'ok' : 'warning',
        confirmed === null || agrees ? words : `${words}; its BMC says ${formatOverride(confirmed)}`,
      );
      return { asked, confirmed, agrees, doubt: doubt ?? null };
    },
    async bootDevice(name) {
      return { override: await inSession(await getBmc(store, name), (session) => session.bootDevice()) };
    },
    async identify(name, body, actor) {
      const { seconds } = parseInput(identifyInput, body ?? {});
      const stored = await getBmc(store, name);
      await audit(stored, actor, { identifySeconds: seconds });
      await inSession(stored, (session) => session.identify(seconds));
      return { seconds };
    },
    info: async (name) => inSession(await getBmc(store, name), (session) => session.info()),
    sensors: async (name) => inSession(await getBmc(store, name), (session) => session.sensors()),
    log: async (name, limit) => inSession(await getBmc(store, name), (session) => session.log(limit)),
    async check(name) {
      const { stored, chosen } = await getAsked(store, name);
      const found = await told(stored, () =>
        withTries(clock, (signal) =>
          access.direct(stored, signal, async (driver, target, until) =>
            driver.check === undefined ? [] : driver.check(target, { signal: until }),
          ),
        ),
      );
      const password = openBmcSecrets(stored, deps.secrets).password?.reveal();
      return [...checkRecord(stored, password), ...checkFirmware(stored, chosen), ...found];
    },
  };
}

/** What the record itself says of safety. */
function checkRecord({ bmc, system }: StoredBmc, password: string | undefined): Check[] {
  const checks: Check[] = [];
  const edit = `provision system edit ${system}`;
  const long = password === undefined || bmc.driver !== 'ipmi' ? undefined : passwordWarning(password);
  if (long !== undefined)
    checks.push({
      name: 'password',
      state: 'warning',
      what: long,
      next: `where it is refused: set one of 16 bytes in the BMC, then: ${edit} --bmc-password-stdin`,
    });
  if (bmc.driver === 'ipmi' && bmc.protocol === '1.5')
    checks.push({
      name: 'protocol',
      state: 'warning',
      what: 'IPMI 1.5 is not encrypted',
      next: `if the BMC knows 2.0: ${edit} --bmc-protocol 2.0`,
    });
  if (password === undefined && (bmc.driver === 'ipmi' || bmc.driver === 'redfish'))
    checks.push({
      name: 'password',
      state: 'warning',
      what: 'no password is set',
      next: `${edit} --bmc-password-stdin`,
    });
  return checks;
}

/** Is it known how the machine boots, and is what its record says what was heard? */
function checkFirmware({ bmc, system }: StoredBmc, firmware: ChosenFirmware): Check[] {
  if (bmc.driver === 'wol') return [];
  const { value, from, heard } = firmware;
  const warning = (what: string, next: string): Check[] => [
    { name: 'firmware', state: 'warning', what, next },
  ];
  const edit = `provision system edit ${system} --bmc-firmware`;
  if (from === 'system' && heard !== null && heard.firmware !== value)
    return warning(
      `the record says ${value}, and its firmware said ${heard.firmware} (${heard.at})`,
      `if it boots by ${heard.firmware} now: ${edit} none`,
    );
  const doubt = firmwareDoubt(firmware, system);
  return doubt === undefined ? [] : warning(doubt, 'or let it boot from the network once: it is heard then');
}

interface AskedBmc {
  readonly stored: StoredBmc;
  /** Of its system. */
  readonly chosen: ChosenFirmware;
}

async function getAsked(store: Store, name: string): Promise<AskedBmc> {
  const found = await store.read.systems.find(name);
  if (found === undefined) throw refusedError(name, 'not-found');
  const { id, effective } = found.system;
  const stored = await store.read.bmcs.find(id);
  if (stored?.bmc.driver == null) throw refusedError(name, 'no-power-control');
  return { stored, chosen: effective.firmware };
}

/** The BMC of a system that has one. Throws DomainError `not-found` or `wrong-state`. */
export async function getBmc(store: Store, name: string): Promise<StoredBmc> {
  return (await getAsked(store, name)).stored;
}

/** What a BMC did not do, as a refusal. */
export async function told<T>({ system, bmc }: StoredBmc, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BmcError)) throw error;
    const { failure, message } = error;
    const where = bmc.address === null ? '' : ` (${bmc.address})`;
    throw new DomainError(
      'bmc-failed',
      `the BMC of ${system}${where} ${BMC_FAILURES[failure].says}: ${message}`,
      {
        hint: error.hint.replace('NAME', system),
        failure,
      },
    );
  }
}

function isSame(asked: BootOverride, confirmed: BootOverride): boolean {
  if (asked.device === 'none') return confirmed.device === 'none';
  return (
    asked.device === confirmed.device &&
    asked.firmware === confirmed.firmware &&
    asked.persistent === confirmed.persistent &&
    asked.httpBootUri === confirmed.httpBootUri
  );
}

function formatOverride({ device, firmware, persistent, httpBootUri }: BootOverride): string {
  if (device === 'none') return 'none';
  const from = httpBootUri === undefined ? '' : ` from ${httpBootUri}`;
  return `${device}${from} (${firmware}, ${persistent ? 'always' : 'once'})`;
}
