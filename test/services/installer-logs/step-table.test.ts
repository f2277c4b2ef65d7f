import { describe, expect, test } from 'vitest';
import { readFailedStep, readStep } from '../../../src/services/installer-logs/step-table.ts';
import { decodeMessage } from '../../../src/syslog/message.ts';

const DEBIAN = '<30>Nov 22 18:04:05 main-menu[315]: ';
const ANACONDA = '<142>Nov 22 18:04:05 web001 anaconda[1234]: anaconda: installation: ';
const messageOf = (text: string) => decodeMessage(Buffer.from(text));

test.each([
  [`${DEBIAN}INFO: Menu item 'choose-mirror' selected`, 'preparing', null],
  [`${DEBIAN}INFO: Menu item 'download-installer' selected`, 'preparing', null],
  [`${DEBIAN}INFO: Menu item 'partman-base' selected`, 'partitioning', null],
  [`${DEBIAN}INFO: Menu item 'bootstrap-base' selected`, 'base-system', null],
  [`${DEBIAN}INFO: Menu item 'apt-setup-udeb' selected`, 'packages', null],
  [`${DEBIAN}INFO: Menu item 'pkgsel' selected`, 'packages', null],
  [`${DEBIAN}INFO: Menu item 'grub-installer' selected`, 'boot-loader', null],
  [`${DEBIAN}INFO: Menu item 'finish-install' selected`, 'finishing', null],
  [`${ANACONDA}Queue started: Installation environment setup (3/18)`, 'preparing', 11],
  [`${ANACONDA}Queue started: Early storage configuration (4/18)`, 'partitioning', 16],
  [`${ANACONDA}Queue started: Payload installation (7/18)`, 'packages', 33],
  [`${ANACONDA}Queue started: Bootloader installation (8/18)`, 'boot-loader', 38],
  [`${ANACONDA}Queue started: User creation (12/18)`, 'settings', 61],
  [`${ANACONDA}Queue started: Initramfs generation (14/18)`, 'boot-loader', 72],
  [`${ANACONDA}Queue started: Post installation scripts (18/18)`, 'finishing', 94],
  [`${ANACONDA}Queue started: Payload installation (0/0)`, 'packages', null],
])('%s', (line, step, percent) => {
  expect(readStep(messageOf(line))).toEqual({ step, percent });
});

describe('what begins no step', () => {
  test.each([
    `${DEBIAN}INFO: Menu item 'user-setup-udeb' selected`,
    `${DEBIAN}INFO: Menu item 'partman-base' succeeded but requested to be left unconfigured.`,
    "<13>Nov 22 18:04:05 sshd[1]: INFO: Menu item 'partman-base' selected",
    `${ANACONDA}Queue started: Complete installation queue (1/18)`,
    `${ANACONDA}Task started: Install the payload (20/60)`,
    '',
  ])('%s', (line) => {
    expect(readStep(messageOf(line))).toBeUndefined();
  });
});

test.each([
  [`${DEBIAN}WARNING **: Configuring 'partman-base' failed with error code 1`, 'partman-base'],
  [`${DEBIAN}WARNING **: Menu item 'bootstrap-base' failed.`, 'bootstrap-base'],
  [`${DEBIAN}INFO: Menu item 'partman-base' selected`, undefined],
  ["<13>evil: WARNING **: Menu item 'x' failed.", undefined],
])('a failed step: %s', (line, step) => {
  expect(readFailedStep(messageOf(line))).toBe(step);
});
