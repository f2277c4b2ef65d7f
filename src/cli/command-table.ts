import type { Command } from './command.ts';
import { bmcCheck, bmcInfo, bmcLog, bmcSensors } from './commands/bmc-show.ts';
import { consoleCommand } from './commands/console.ts';
import { distroAdd } from './commands/distro-add.ts';
import { distroEdit } from './commands/distro-edit.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { handoffCancel, handoffList, handoffShow } from './commands/handoff-list.ts';
import { handoffLog } from './commands/handoff-log.ts';
import { handoffRetry } from './commands/handoff-retry.ts';
import { handoffRun } from './commands/handoff-run.ts';
import { installList, installQueue, installShow } from './commands/install-list.ts';
import { installCancel, installMove } from './commands/install-move.ts';
import { installPlan } from './commands/install-plan.ts';
import { installStart } from './commands/install-start.ts';
import { inventory } from './commands/inventory.ts';
import { leaseList } from './commands/lease-list.ts';
import { loadersInstall } from './commands/loaders-install.ts';
import { loadersList } from './commands/loaders-list.ts';
import { loadersRemove } from './commands/loaders-remove.ts';
import {
  notificationDiscard,
  notificationList,
  notificationRetry,
  notificationTest,
} from './commands/notification.ts';
import { powerBootdev } from './commands/power-bootdev.ts';
import { powerIdentify } from './commands/power-identify.ts';
import { powerCancel, powerJobs } from './commands/power-jobs.ts';
import { powerOrder } from './commands/power-order.ts';
import { powerStatus } from './commands/power-status.ts';
import { profileAdd } from './commands/profile-add.ts';
import { profileEdit } from './commands/profile-edit.ts';
import { recordList } from './commands/record-list.ts';
import { recordRemove } from './commands/record-remove.ts';
import { recordShow } from './commands/record-show.ts';
import { setup } from './commands/setup.ts';
import { status } from './commands/status.ts';
import { subnetAdd } from './commands/subnet-add.ts';
import { subnetEdit } from './commands/subnet-edit.ts';
import { systemAdd } from './commands/system-add.ts';
import { systemCancel } from './commands/system-cancel.ts';
import { systemEdit } from './commands/system-edit.ts';
import { systemInstall } from './commands/system-install.ts';
import { systemLock, systemUnlock } from './commands/system-lock.ts';
import { systemLog } from './commands/system-log.ts';
import { systemTimeline } from './commands/system-timeline.ts';
import { DISTRO_VIEW, PROFILE_VIEW, SUBNET_VIEW, SYSTEM_VIEW } from './record-views.ts';

/** Every command, in the order of help. A command that is not here does not exist. */
export const COMMANDS: readonly Command[] = [
  distroAdd,
  recordList(DISTRO_VIEW),
  recordShow(DISTRO_VIEW, 'debian-13'),
  distroEdit,
  recordRemove(DISTRO_VIEW, 'debian-13'),
  profileAdd,
  recordList(PROFILE_VIEW),
  recordShow(PROFILE_VIEW, 'debian-13'),
  profileEdit,
  recordRemove(PROFILE_VIEW, 'debian-13'),
  subnetAdd,
  recordList(SUBNET_VIEW),
  recordShow(SUBNET_VIEW, 'lab'),
  subnetEdit,
  recordRemove(SUBNET_VIEW, 'lab'),
  systemAdd,
  recordList(SYSTEM_VIEW),
  recordShow(SYSTEM_VIEW, 'web001'),
  systemEdit,
  recordRemove(SYSTEM_VIEW, 'web001'),
  systemInstall,
  systemCancel,
  systemTimeline,
  explain,
  systemLog,
  systemLock,
  systemUnlock,
  installPlan,
  installStart,
  installList,
  installShow,
  installQueue,
  installMove,
  installCancel,
  powerOrder('on', 'switch machines on; one that is on stays so'),
  powerOrder('off', 'switch machines off at once, and wait until they are'),
  powerOrder('cycle', 'switch machines off and on again'),
  powerOrder('reset', 'reset machines without taking their power'),
  powerOrder('soft', 'ask the operating systems of machines to shut down'),
  powerStatus,
  powerIdentify,
  powerBootdev,
  powerJobs,
  powerCancel,
  bmcInfo,
  bmcSensors,
  bmcLog,
  bmcCheck,
  consoleCommand,
  handoffRetry,
  handoffRun,
  handoffList,
  handoffShow,
  handoffLog,
  handoffCancel,
  notificationList,
  notificationRetry,
  notificationDiscard,
  notificationTest,
  leaseList,
  inventory,
  loadersInstall,
  loadersList,
  loadersRemove,
  status,
  doctor,
  setup,
];
