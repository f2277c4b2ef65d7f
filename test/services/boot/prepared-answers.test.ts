import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AnswerFiles } from '../../../src/services/boot/answer-files.ts';
import {
  type PreparedAnswers,
  preparedAnswers,
  REMOVED,
} from '../../../src/services/boot/prepared-answers.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { must } from '../../support/must.ts';
import { addRecords, fileOf, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
let prepared: PreparedAnswers;
let templates: ReadonlyMap<string, string>;
let rendered: number;
let systemId: number;

beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  systemId = must(await world.store.read.systems.find('web001'), 'the system').system.id;
  rendered = 0;
  templates = new Map(world.templates);
  const answers: AnswerFiles = {
    ...world.answers,
    templates: async () => templates,
    render: (...args) => {
      rendered += 1;
      return world.answers.render(...args);
    },
  };
  prepared = preparedAnswers(world, answers);
});
afterEach(() => world.dispose());

const get = async (address = '10.99.0.5') => {
  const rendering = { token: 'a-token', server: { address: ip(address), httpPort: 80 } };
  const made = await prepared.answerFile({ installId: 1, systemId }, rendering);
  return made === REMOVED ? REMOVED : made.text;
};

it('renders once for every address by which a machine comes', async () => {
  const first = await get();
  expect(first).toContain('http://10.99.0.5/i/a-token/');
  expect(await get()).toBe(first);
  expect(await get('10.99.0.6')).toContain('http://10.99.0.6/i/a-token/');
  expect(rendered).toBe(2);
});

it('renders again after a change of the system, the profile, the distro or the subnet', async () => {
  await get();
  const changes: [string, object][] = [
    ['systems/web001', { hostname: 'renamed' }],
    ['profiles/debian-13', { settings: { timezone: 'Europe/Vienna' } }],
    ['distros/debian-13', { tree: 'http://other.example/debian' }],
    ['subnets/lab', { gateway: '10.99.0.253' }],
  ];
  for (const [index, [path, body]] of changes.entries()) {
    expect(await world.call('PATCH', `/api/v1/${path}`, body)).toMatchObject({ status: 200 });
    await get();
    await get();
    expect({ path, rendered }).toEqual({ path, rendered: index + 2 });
  }
});

it('renders again after a change of a template', async () => {
  const first = must(await get(), 'an answer file');
  world.templates.set('debian-13.preseed', 'd-i x string new');
  templates = new Map(world.templates);
  expect(await get()).not.toBe(first);
  expect(await get()).toBe('d-i x string new');
  expect(rendered).toBe(2);
});

it('renders again after the image was replaced', async () => {
  const image = fileOf(world, 'disk.img');
  const body = { install: 'image', image, answerFile: 'image-deploy.sh', answerKind: 'deploy-script' };
  expect(await world.call('PATCH', '/api/v1/profiles/debian-13', body)).toMatchObject({ status: 200 });
  const first = await get();
  expect(await get()).toBe(first);
  writeFileSync(image, 'another content');
  expect(await get()).not.toBe(first);
  expect(rendered).toBe(2);
});

it('keeps nothing of a system that was removed', async () => {
  await get();
  expect((await world.call('DELETE', '/api/v1/systems/web001')).status).toBe(204);
  expect(await get()).toBe(REMOVED);
});
