import { describe, expect, it } from 'vitest';
import type { BootOverride } from '../../src/domain/power/power.ts';
import { FLAVOURS, type Flavour } from '../support/redfish-sim/flavours.ts';
import { bmcErrorOf, withRedfish } from '../support/redfish-sim/redfish-session.ts';
import { SimulatedRedfish } from '../support/redfish-sim/simulated-redfish.ts';

const PXE: BootOverride = { device: 'pxe', firmware: 'uefi', persistent: false };
const NONE: BootOverride = { device: 'none', firmware: 'uefi', persistent: false };

describe.each(FLAVOURS.map((flavour): [string, Flavour] => [flavour.name, flavour]))(
  '%s',
  (_name, flavour) => {
    const bmc = () => new SimulatedRedfish(flavour);

    it('is switched on, reset and switched off', async () => {
      const sim = bmc();
      const states = await withRedfish(sim, async (session) => {
        const seen = [await session.powerState()];
        await session.power('on');
        seen.push(await session.powerState());
        await session.power('reset');
        await session.power('off');
        return [...seen, await session.powerState()];
      });
      expect(states).toEqual(['off', 'on', 'off']);
      expect(sim.bodies.map(({ body }) => body['ResetType'])).toEqual(['On', 'ForceRestart', 'ForceOff']);
    });

    it('is asked to shut down', async () => {
      const sim = bmc();
      sim.state.power = 'On';
      await withRedfish(sim, (session) => session.power('soft'));
      expect(sim.state.power).toBe('Off');
      expect(sim.bodies.map(({ body }) => body['ResetType'])).toEqual(['GracefulShutdown']);
    });

    it('is cycled, or says what it offers instead', async () => {
      const sim = bmc();
      sim.state.power = 'On';
      const cycle = withRedfish(sim, (session) => session.power('cycle'));
      if (flavour.resetTypesAt === 'nowhere' || flavour.resetTypes.includes('PowerCycle')) {
        await cycle;
        expect(sim.bodies.map(({ body }) => body['ResetType'])).toEqual(['PowerCycle']);
      } else {
        const error = await bmcErrorOf(cycle);
        expect(error.failure).toBe('unsupported');
        expect(error.message).toContain('offers no PowerCycle (it offers On, ForceOff');
        expect(sim.bodies).toEqual([]);
      }
    });

    it('boots once from the network, in UEFI mode, and says so', async () => {
      const sim = bmc();
      const [set, read] = await withRedfish(sim, async (session) => [
        await session.setBootDevice(PXE),
        await session.bootDevice(),
      ]);
      expect(set).toEqual(PXE);
      expect(read).toEqual(PXE);
      expect(sim.state.boot).toEqual({ target: 'Pxe', enabled: 'Once', mode: 'UEFI', httpUri: null });
    });

    it('forgets the override, and keeps its mode', async () => {
      const sim = bmc();
      sim.state.boot = { target: 'Pxe', enabled: 'Continuous', mode: 'UEFI', httpUri: null };
      const [set, read] = await withRedfish(sim, async (session) => [
        await session.setBootDevice(NONE),
        await session.bootDevice(),
      ]);
      expect(set).toEqual(NONE);
      expect(read).toBeNull();
      expect(sim.state.boot).toMatchObject({ enabled: 'Disabled', mode: 'UEFI' });
    });

    it('blinks and stops', async () => {
      const sim = bmc();
      const blink = withRedfish(sim, async (session) => {
        await session.identify(15);
        const lit = sim.state.lit;
        await session.identify(0);
        return [lit, sim.state.lit];
      });
      if (flavour.indicator === 'none')
        expect((await bmcErrorOf(blink)).message).toBe('has no locator light');
      else expect(await blink).toEqual([true, false]);
    });

    it('says what it is', async () => {
      const info = await withRedfish(bmc(), (session) => session.info());
      expect(info).toEqual({
        vendor: flavour.vendor,
        model: flavour.model,
        serial: flavour.vendor.startsWith('Dell') ? 'ABC1234' : 'CN0123456789',
        firmwareVersion: '7.00.00.171',
        lan: { address: '127.0.0.1', mac: 'aa:bb:cc:00:11:22' },
      });
    });

    it('shows its sensors', async () => {
      const sensors = await withRedfish(bmc(), (session) => session.sensors());
      expect(sensors).toEqual([
        { name: 'Inlet Temp', value: 21.5, unit: '°C', state: 'ok' },
        { name: 'Fan 2', value: 900, unit: 'RPM', state: 'critical' },
        { name: 'PSU', value: 211, unit: 'W', state: 'warning' },
      ]);
    });

    it('shows the newest entries of its event log first', async () => {
      const [two, all] = await withRedfish(bmc(), async (session) => [
        await session.log(2),
        await session.log(10),
      ]);
      expect(two).toEqual([
        { id: '4', at: '2026-03-03T10:00:00.000Z', message: 'Critical: Fan 2 failed' },
        { id: '3', at: '2026-03-02T10:00:00.000Z', message: 'Warning: Fan 2 is slow' },
      ]);
      expect(all.at(-1)).toEqual({ id: '1', at: null, message: 'BMC started' });
      expect(all).toHaveLength(4);
    });

    it('has no session left over, whatever happened', async () => {
      const sim = bmc();
      await withRedfish(sim, (session) => session.powerState());
      const failed = withRedfish(sim, () => Promise.reject(new Error('of the caller')));
      await expect(failed).rejects.toThrow('of the caller');
      expect(sim.sessions.size).toBe(0);
      expect(sim.asked.filter((asked) => asked.startsWith('DELETE'))).toHaveLength(
        flavour.sessionService ? 2 : 0,
      );
    });
  },
);
