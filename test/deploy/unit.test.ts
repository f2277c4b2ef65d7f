import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { haveProgram } from '../support/real-clients.ts';

/** As docs/security.md states it, times ten. */
const MOST_EXPOSED = 19;
/** Other versions look at other things. */
const JUDGE = 'systemd 252';

function reasonAgainst(): string | undefined {
  if (!haveProgram('systemd-analyze')) return 'the program systemd-analyze is not installed';
  const version = String(spawnSync('systemd-analyze', ['--version']).stdout);
  return version.startsWith(JUDGE)
    ? undefined
    : `the score is that of ${JUDGE}, this is ${version.split('\n')[0]}`;
}

const reason = reasonAgainst();

describe.skipIf(reason !== undefined)(`the unit of the service${reason ? ` (${reason})` : ''}`, () => {
  it('is no more exposed than is stated', () => {
    const args = ['security', '--offline=true', `--threshold=${MOST_EXPOSED}`, '--no-pager'];
    const judged = spawnSync('systemd-analyze', [...args, 'deploy/provisiond.service'], { encoding: 'utf8' });
    expect(judged.stdout).toContain('Overall exposure level for provisiond.service: 1.9 OK');
    expect(judged.status).toBe(0);
  });
});
