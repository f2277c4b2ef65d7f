import type { DefinitionOf } from '../../src/domain/handoff/handoff-definition.ts';
import type { PuppetCa } from '../../src/puppet/ca.ts';
import { CaError, type CaFailure } from '../../src/puppet/ca-error.ts';
import type { HandoffDriver, HandoffOrder, HandoffOutcome } from '../../src/services/handoff/driver.ts';
import type { MachineCertificates } from '../../src/services/handoff/machine-certificates.ts';
import { agentCommand, createAgentReader } from '../../src/services/handoff/read-puppet.ts';
import { type RequestEnd, watchRequest } from '../../src/services/handoff/watch-request.ts';
import type { Clock } from '../../src/services/power/clock.ts';
import { programProblem, readableProblem, secretFileProblem } from './definition-files.ts';
import { serverOf } from './puppet-wiring.ts';
import { type RunFolder, withRunFolder } from './run-folder.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';
import { CLEAN_ENVIRONMENT, sshOptions, writeKnownHosts } from './ssh-options.ts';

export interface PuppetParts {
  /** Folder that the folders of runs are made in. */
  readonly folder: string;
  readonly markOf: (id: number) => string;
  readonly clock: Clock;
  readonly ca: (definition: Definition) => PuppetCa;
  readonly certificates: MachineCertificates;
}

type Definition = DefinitionOf<'puppet'>;
type Order = HandoffOrder<Definition>;

/** A connection that is gone is told by ssh itself after a minute, and not by the end of the run's time. */
const ALIVE = ['-o', 'ServerAliveInterval=20', '-o', 'ServerAliveCountMax=3', '-o', 'ConnectTimeout=20'];
/** Whoever arms waits for it. */
const ARMING_MS = 10_000;
/** So that the machine itself ends a run that takes too long, and tells so. */
const OWN_SECONDS = 15;

/** The driver `puppet`: signs the machine's certificate, runs its agent over SSH, and reads how that ended. */
export function createPuppetDriver(parts: PuppetParts): HandoffDriver<Definition> {
  return {
    needs: () => 'login',
    canCheck: true,
    about: async ({ ca }) => new URL(ca.url).host,
    async problems({ privateKeyFile, ca }) {
      const found = await Promise.all([
        secretFileProblem('privateKeyFile', privateKeyFile),
        readableProblem('ca.caFile', ca.caFile),
        readableProblem('ca.certFile', ca.certFile),
        secretFileProblem('ca.keyFile', ca.keyFile),
        programProblem('ssh', 'apt-get install openssh-client'),
        programProblem('setpriv', 'apt-get install util-linux'),
      ]);
      return found.flatMap((problem) => problem ?? []);
    },
    armingProblems: (_definition, system) =>
      parts.certificates.problems(system, AbortSignal.timeout(ARMING_MS)),
    async run(order, signal) {
      const { install } = order.handoff;
      try {
        if (install === null) return await runAgent(parts, order, null, signal);
        return await handOver(parts, order, install, signal);
      } catch (error) {
        if (error instanceof CaError) return outcomeOfCa(error);
        throw error;
      }
    },
  };
}

/** Of an installed machine: its request is awaited, judged and signed while its agent asks for the certificate. */
async function handOver(
  parts: PuppetParts,
  order: Order,
  install: number,
  signal: AbortSignal,
): Promise<HandoffOutcome> {
  const { certificates, clock } = parts;
  const certificate = await certificates.clear(install, signal);
  const challenge = certificates.challengeOf(install);
  if (certificate === undefined || challenge === undefined)
    return failed(
      'request-refused',
      'the install was armed without a name for its certificate: install it again',
    );
  const { certname } = certificate;
  const watch = {
    ca: parts.ca(order.definition),
    clock,
    record: certificates.recordOf(install),
    certname,
    challenge,
    log: order.log,
  };
  // Each of the two ends the other: a request that is refused, and an agent that gives up.
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  let end: RequestEnd | undefined;
  const watching = watchRequest(watch, both).then(
    (found) => {
      end = found;
      if (found.kind !== 'signed') stop.abort(new Error(found.reason));
    },
    (error: unknown) => {
      if (!both.aborted) stop.abort(error);
    },
  );
  try {
    return await runAgent(parts, order, certname, both);
  } catch (error) {
    signal.throwIfAborted();
    if (end !== undefined && end.kind !== 'signed') return failed('request-refused', end.reason);
    throw error;
  } finally {
    stop.abort(new Error('the agent has ended'));
    await watching;
  }
}

async function runAgent(
  { folder, markOf }: PuppetParts,
  order: Order,
  certname: string | null,
  signal: AbortSignal,
): Promise<HandoffOutcome> {
  const { definition, handoff, phase } = order;
  const { environment, become, timeoutSeconds } = definition;
  const noop = phase === 'checking';
  const command = agentCommand({
    certname,
    server: serverOf(order.definition),
    environment,
    noop,
    become,
    timeoutSeconds,
  });
  const reader = createAgentReader(noop);
  const ended = await withRunFolder(folder, String(handoff.id), async (runFolder) =>
    runProgram(
      {
        program: 'ssh',
        args: [...(await sshArguments(order, runFolder)), command],
        env: CLEAN_ENVIRONMENT,
        cwd: runFolder.path,
        timeoutMs: (timeoutSeconds + OWN_SECONDS) * 1000,
        mark: markOf(handoff.id),
        onOutput: (bytes) => {
          const text = bytes.toString('utf8').replaceAll('\r', '');
          order.log(text);
          reader.read(text);
        },
      },
      signal,
    ),
  );
  return outcomeOf(ended, reader.outcome, timeoutSeconds);
}

async function sshArguments({ definition, target }: Order, folder: RunFolder): Promise<string[]> {
  const knownHosts = await writeKnownHosts(folder, target);
  const { user, privateKeyFile } = definition;
  return [
    // With a terminal, so that the agent ends with the connection: one that goes on alone would be in the way of the next try.
    '-tt',
    ...sshOptions(knownHosts),
    ...ALIVE,
    '-o',
    'BatchMode=yes',
    '-o',
    'ControlPath=none',
    '-i',
    privateKeyFile,
    '-l',
    user,
    '-p',
    String(target.port),
    '--',
    target.address,
  ];
}

function outcomeOf(
  ended: ProgramEnd,
  read: (exitStatus: number | null) => HandoffOutcome,
  timeoutSeconds: number,
): HandoffOutcome {
  switch (ended.kind) {
    case 'exited':
      return read(ended.exitStatus);
    case 'too-late':
      return failed('time-limit', `${timeoutSeconds} s`);
    case 'not-started':
      return failed('not-started', `ssh (${ended.code})`);
  }
}

const CA_FAILURES: Readonly<Record<CaFailure, 'ca-unreachable' | 'ca-refused'>> = {
  unreachable: 'ca-unreachable',
  forbidden: 'ca-refused',
  refused: 'ca-refused',
};

function outcomeOfCa({ failure, message }: CaError): HandoffOutcome {
  return failed(CA_FAILURES[failure], `it ${message}`);
}

function failed(failure: NonNullable<HandoffOutcome['failure']>, message: string): HandoffOutcome {
  return { failure, message, changed: null };
}
