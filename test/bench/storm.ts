import { formatIpv4 } from '../../src/domain/network/ipv4.ts';
import { builtProgram } from '../support/build.ts';
import type { Case, Measure } from './harness.ts';
import { BENCH_SERVER_ADDRESS } from './network.ts';
import { losePackets } from './packet-loss.ts';
import { STAGES } from './storm-machine.ts';
import type { StormPlan, StormReport } from './storm-program.ts';
import { KERNEL_BYTES, LOADER_BYTES, MACHINES, openStormWorld, type StormWorld } from './storm-world.ts';
import { systemIp, systemMac } from './world.ts';

/** Machines that are switched on together, from the first DISCOVER to the answer file. */
export function cases(): Case[] {
  return [stormCase('1,000 machines at once', 0), stormCase('1,000 machines at once, 1 % lost each way', 1)];
}

/** So long may a storm take: with packets lost, the waits of the machines add up. */
const LIMIT_MS = 300_000;

function stormCase(name: string, lossPercent: number): Case {
  const stated = (what: string, unit: string): Measure => ({
    ...{ name: `${name}: ${what}`, unit, better: 'less', goal: null },
  });
  return {
    name: `${name}: lost on the way`,
    unit: 'machines',
    better: 'less',
    goal: { ours: 'at most', value: 0 },
    also: [
      // A packet that is lost costs four seconds: with loss, this says how many were.
      {
        ...stated('DISCOVER to OFFER, p99', 'ms'),
        goal: lossPercent > 0 ? null : { ours: 'at most', value: 50 },
      },
      stated('REQUEST to ACK, p99', 'ms'),
      stated('DHCP messages sent again', 'messages'),
      ...STAGES.map((stage) => stated(`${stage}, p99`, 'ms')),
      stated('TFTP packets and HTTP requests sent again', 'times'),
      stated('all of it', 's'),
      stated('CPU time of the service', 's'),
      stated('packets that the network lost', 'packets'),
    ],
    warmups: 0,
    samples: 1,
    peers: [],
    async start() {
      const world = await openStormWorld();
      return { sample: () => playStorm(world, lossPercent), stop: world.close };
    },
  };
}

async function playStorm({ network, server }: StormWorld, lossPercent: number): Promise<number[]> {
  const losses =
    lossPercent === 0
      ? []
      : await Promise.all(
          ['server', 'clients'].map((space) => losePackets(network.spaces, space, lossPercent)),
        );
  const cpuBefore = server.cpuSeconds();
  const command = [process.execPath, builtProgram('test/bench/storm-program.ts'), JSON.stringify(planOf())];
  const report = JSON.parse(await network.generate(command, { timeoutMs: LIMIT_MS })) as StormReport;
  for (const failure of report.failures) console.error(`storm: ${failure}`);
  if (report.dhcp.lost > 0) console.error(`storm: ${report.dhcp.lost} machines got no address`);
  const { dhcp, booted, p99Ms, repeats, seconds } = report;
  if (dhcp.wrong > 0 || dhcp.shared > 0)
    throw new Error(
      `${dhcp.wrong} machines got another address than their own, ${dhcp.shared} one of another`,
    );
  return [
    MACHINES - booted,
    dhcp.offerMs.p99,
    dhcp.ackMs.p99,
    dhcp.retransmissions,
    ...STAGES.map((stage) => p99Ms[stage]),
    STAGES.reduce((sum, stage) => sum + repeats[stage], 0),
    seconds,
    server.cpuSeconds() - cpuBefore,
    (await Promise.all(losses.map((loss) => loss.lost()))).reduce((sum, lost) => sum + lost, 0),
  ];
}

/** Firmware sends again after 4, 8 and 16 seconds (RFC 2131 §4.1; EDK2 and iPXE wait no less), and so do these. */
function planOf(): StormPlan {
  return {
    dhcp: {
      link: { kind: 'link' },
      firstMac: Number.parseInt(systemMac(0).replaceAll(':', ''), 16),
      machines: MACHINES,
      window: MACHINES,
      firstAddress: formatIpv4(systemIp(0)),
      retransmitMs: 4_000,
      tries: 4,
    },
    server: BENCH_SERVER_ADDRESS,
    files: { loaderBytes: LOADER_BYTES, kernelBytes: KERNEL_BYTES },
  };
}
