import type { Command } from './command.ts';

/** A command that is there without being loaded: most command lines need one of them, and each loads much. */
export interface CommandEntry {
  /** `['system', 'add']`, or one word. */
  readonly path: readonly string[];
  readonly load: () => Promise<Command>;
}

const views = () => import('./records/record-views.ts');
const list = () => import('./commands/record-list.ts');
const show = () => import('./commands/record-show.ts');
const find = () => import('./commands/record-find.ts');
const filters = () => import('./records/record-filters.ts');
const copy = () => import('./commands/record-copy.ts');
const rename = () => import('./commands/record-rename.ts');
const remove = () => import('./commands/record-remove.ts');
const power = () => import('./commands/power-order.ts');

/** Every command, in the order of help. A command that is not here does not exist. */
export const COMMAND_TABLE: readonly CommandEntry[] = [
  entry('distro add', async () => (await import('./commands/distro-add.ts')).distroAdd),
  entry('distro list', async () => (await list()).recordList((await views()).DISTRO_VIEW)),
  entry('distro find', async () =>
    (await find()).recordFind((await views()).DISTRO_VIEW, (await filters()).DISTRO_FILTERS, [
      "provision distro find 'debian*' --arch x86_64",
    ]),
  ),
  entry('distro show', async () => (await show()).recordShow((await views()).DISTRO_VIEW, 'debian-13')),
  entry('distro edit', async () => (await import('./commands/distro-edit.ts')).distroEdit),
  entry('distro copy', async () => (await copy()).distroCopy),
  entry('distro rename', async () => (await rename()).recordRename('distro', 'debian-13')),
  entry('distro remove', async () => (await remove()).recordRemove((await views()).DISTRO_VIEW, 'debian-13')),
  entry('profile add', async () => (await import('./commands/profile-add.ts')).profileAdd),
  entry('profile list', async () => (await list()).recordList((await views()).PROFILE_VIEW)),
  entry('profile find', async () =>
    (await find()).recordFind((await views()).PROFILE_VIEW, (await filters()).PROFILE_FILTERS, [
      "provision profile find --distro 'debian*'",
    ]),
  ),
  entry('profile show', async () => (await show()).recordShow((await views()).PROFILE_VIEW, 'debian-13')),
  entry('profile edit', async () => (await import('./commands/profile-edit.ts')).profileEdit),
  entry('profile copy', async () => (await copy()).profileCopy),
  entry('profile rename', async () => (await rename()).recordRename('profile', 'debian-13')),
  entry('profile remove', async () =>
    (await remove()).recordRemove((await views()).PROFILE_VIEW, 'debian-13'),
  ),
  entry('subnet add', async () => (await import('./commands/subnet-add.ts')).subnetAdd),
  entry('subnet list', async () => (await list()).recordList((await views()).SUBNET_VIEW)),
  entry('subnet find', async () =>
    (await find()).recordFind((await views()).SUBNET_VIEW, (await filters()).SUBNET_FILTERS, [
      "provision subnet find --network '10.99.*'",
    ]),
  ),
  entry('subnet show', async () => (await show()).recordShow((await views()).SUBNET_VIEW, 'lab')),
  entry('subnet edit', async () => (await import('./commands/subnet-edit.ts')).subnetEdit),
  entry('subnet copy', async () => (await copy()).subnetCopy),
  entry('subnet rename', async () => (await rename()).recordRename('subnet', 'lab')),
  entry('subnet remove', async () => (await remove()).recordRemove((await views()).SUBNET_VIEW, 'lab')),
  entry('system add', async () => (await import('./commands/system-add.ts')).systemAdd),
  entry('system list', async () => (await list()).recordList((await views()).SYSTEM_VIEW)),
  entry('system find', async () =>
    (await find()).recordFind((await views()).SYSTEM_VIEW, (await filters()).SYSTEM_FILTERS, [
      "provision system find 'web*' --profile debian-13 --state ready",
      "provision system find --mac '52:54:00:*' --quiet",
    ]),
  ),
  entry('system show', async () => (await show()).recordShow((await views()).SYSTEM_VIEW, 'web001')),
  entry('system edit', async () => (await import('./commands/system-edit.ts')).systemEdit),
  entry('system copy', async () => (await import('./commands/system-copy.ts')).systemCopy),
  entry('system rename', async () => (await rename()).recordRename('system', 'web001')),
  entry('system remove', async () => (await remove()).recordRemove((await views()).SYSTEM_VIEW, 'web001')),
  entry('system install', async () => (await import('./commands/system-install.ts')).systemInstall),
  entry('system cancel', async () => (await import('./commands/system-cancel.ts')).systemCancel),
  entry('system timeline', async () => (await import('./commands/system-timeline.ts')).systemTimeline),
  entry('explain', async () => (await import('./commands/explain.ts')).explain),
  entry('system log', async () => (await import('./commands/system-log.ts')).systemLog),
  entry('system lock', async () => (await import('./commands/system-lock.ts')).systemLock),
  entry('system unlock', async () => (await import('./commands/system-lock.ts')).systemUnlock),
  entry('install plan', async () => (await import('./commands/install-plan.ts')).installPlan),
  entry('install start', async () => (await import('./commands/install-start.ts')).installStart),
  entry('install list', async () => (await import('./commands/install-list.ts')).installList),
  entry('install show', async () => (await import('./commands/install-list.ts')).installShow),
  entry('install queue', async () => (await import('./commands/install-list.ts')).installQueue),
  entry('install move', async () => (await import('./commands/install-move.ts')).installMove),
  entry('install cancel', async () => (await import('./commands/install-move.ts')).installCancel),
  entry('power on', async () =>
    (await power()).powerOrder('on', 'switch machines on; one that is on stays so'),
  ),
  entry('power off', async () =>
    (await power()).powerOrder('off', 'switch machines off at once, and wait until they are'),
  ),
  entry('power cycle', async () => (await power()).powerOrder('cycle', 'switch machines off and on again')),
  entry('power reset', async () =>
    (await power()).powerOrder('reset', 'reset machines without taking their power'),
  ),
  entry('power soft', async () =>
    (await power()).powerOrder('soft', 'ask the operating systems of machines to shut down'),
  ),
  entry('power status', async () => (await import('./commands/power-status.ts')).powerStatus),
  entry('power identify', async () => (await import('./commands/power-identify.ts')).powerIdentify),
  entry('power bootdev', async () => (await import('./commands/power-bootdev.ts')).powerBootdev),
  entry('power jobs', async () => (await import('./commands/power-jobs.ts')).powerJobs),
  entry('power cancel', async () => (await import('./commands/power-jobs.ts')).powerCancel),
  entry('bmc info', async () => (await import('./commands/bmc-show.ts')).bmcInfo),
  entry('bmc sensors', async () => (await import('./commands/bmc-show.ts')).bmcSensors),
  entry('bmc log', async () => (await import('./commands/bmc-show.ts')).bmcLog),
  entry('bmc check', async () => (await import('./commands/bmc-show.ts')).bmcCheck),
  entry('console', async () => (await import('./commands/console.ts')).consoleCommand),
  entry('handoff retry', async () => (await import('./commands/handoff-retry.ts')).handoffRetry),
  entry('handoff run', async () => (await import('./commands/handoff-run.ts')).handoffRun),
  entry('handoff list', async () => (await import('./commands/handoff-list.ts')).handoffList),
  entry('handoff show', async () => (await import('./commands/handoff-list.ts')).handoffShow),
  entry('handoff log', async () => (await import('./commands/handoff-log.ts')).handoffLog),
  entry('handoff cancel', async () => (await import('./commands/handoff-list.ts')).handoffCancel),
  entry('notification list', async () => (await import('./commands/notification.ts')).notificationList),
  entry('notification retry', async () => (await import('./commands/notification.ts')).notificationRetry),
  entry('notification discard', async () => (await import('./commands/notification.ts')).notificationDiscard),
  entry('notification test', async () => (await import('./commands/notification.ts')).notificationTest),
  entry('lease list', async () => (await import('./commands/lease-list.ts')).leaseList),
  entry('apply', async () => (await import('./commands/apply.ts')).apply),
  entry('diff', async () => (await import('./commands/diff.ts')).diff),
  entry('export', async () => (await import('./commands/export.ts')).exportCommand),
  entry('inventory', async () => (await import('./commands/inventory.ts')).inventory),
  entry('loaders install', async () => (await import('./commands/loaders-install.ts')).loadersInstall),
  entry('loaders list', async () => (await import('./commands/loaders-list.ts')).loadersList),
  entry('loaders remove', async () => (await import('./commands/loaders-remove.ts')).loadersRemove),
  entry('token add', async () => (await import('./commands/token.ts')).tokenAdd),
  entry('token list', async () => (await import('./commands/token.ts')).tokenList),
  entry('token revoke', async () => (await import('./commands/token.ts')).tokenRevoke),
  entry('user add', async () => (await import('./commands/user.ts')).userAdd),
  entry('user list', async () => (await import('./commands/user.ts')).userList),
  entry('user edit', async () => (await import('./commands/user.ts')).userEdit),
  entry('user password', async () => (await import('./commands/user.ts')).userPassword),
  entry('user remove', async () => (await import('./commands/user.ts')).userRemove),
  entry('session list', async () => (await import('./commands/session.ts')).sessionList),
  entry('session revoke', async () => (await import('./commands/session.ts')).sessionRevoke),
  entry('audit', async () => (await import('./commands/audit.ts')).audit),
  entry('whoami', async () => (await import('./commands/whoami.ts')).whoami),
  entry('status', async () => (await import('./commands/status.ts')).status),
  entry('doctor', async () => (await import('./commands/doctor.ts')).doctor),
  entry('completion', async () => (await import('./commands/completion.ts')).completion),
  entry('login', async () => (await import('./commands/login.ts')).login),
  entry('logout', async () => (await import('./commands/login.ts')).logout),
  entry('context list', async () => (await import('./commands/context.ts')).contextList),
  entry('context use', async () => (await import('./commands/context.ts')).contextUse),
  entry('context remove', async () => (await import('./commands/context.ts')).contextRemove),
  entry('backup', async () => (await import('./commands/backup.ts')).backup),
  entry('restore', async () => (await import('./commands/restore.ts')).restore),
  entry('setup', async () => (await import('./commands/setup.ts')).setup),
];

function entry(path: string, load: () => Promise<Command>): CommandEntry {
  return { path: path.split(' '), load };
}

/** Every command, loaded: for what is said of all of them. */
export function loadAllCommands(): Promise<Command[]> {
  return Promise.all(COMMAND_TABLE.map((one) => one.load()));
}
