import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

const scrape = async () => (await world.local.inject('/metrics')).body.split('\n');
const post = (path: string) => world.call('POST', `/api/v1/systems/web001/${path}`);

describe('metrics', () => {
  it('are Prometheus text, for those who may read', async () => {
    const answer = await world.local.inject('/metrics');
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.body).toContain('provision_info{version="0.0.0"} 1\n');
    expect(answer.body).toContain('provision_process_cpu_seconds_total');
    expect((await world.tcp.inject('/metrics')).statusCode).toBe(401);
  });

  it('count installs by state, their changes, and how long a state has lasted', async () => {
    expect(await scrape()).toEqual(
      expect.arrayContaining([
        'provision_systems{state="none"} 1',
        'provision_install_changes_total{state="armed"} 0',
      ]),
    );
    await post('install');
    await scrape();
    world.nowMs += 45_000;
    await post('cancel');
    expect(await scrape()).toEqual(
      expect.arrayContaining([
        'provision_systems{state="cancelled"} 1',
        'provision_install_changes_total{state="armed"} 1',
        'provision_install_changes_total{state="cancelled"} 1',
        'provision_install_state_seconds_sum{state="armed"} 45',
        'provision_install_state_seconds_bucket{le="30",state="armed"} 0',
        'provision_install_state_seconds_bucket{le="60",state="armed"} 1',
      ]),
    );
  });

  it('count failures by the stage', async () => {
    await post('install');
    const { install } = (await world.store.read.systems.find('web001'))?.system ?? { install: null };
    await world.services.installs.observe(install?.id ?? 0, { kind: 'answer-served' });
    await world.services.installs.observe(install?.id ?? 0, {
      kind: 'failed',
      stage: 'partitioning',
      reason: 'no disk',
    });
    expect(await scrape()).toContain('provision_install_failures_total{stage="partitioning"} 1');
  });

  it('tell of two scrapes at once the same, and nothing twice', async () => {
    await post('install');
    const [one, two] = await Promise.all([scrape(), scrape()]);
    expect(one).toContain('provision_install_changes_total{state="armed"} 1');
    expect(two).toContain('provision_install_changes_total{state="armed"} 1');
  });
});
