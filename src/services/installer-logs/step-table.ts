import type { InstallerProgress, InstallerStep } from '../../domain/install/installer-step.ts';
import type { SyslogMessage } from '../../syslog/message.ts';

/** Which program says what at the beginning of a step. `at` and `of`, where it has them, count the installer's own steps. */
interface StepRule {
  readonly program: string;
  readonly says: RegExp;
  readonly step: InstallerStep;
}

/** Debian's installer: udeb of the menu item that main-menu begins. */
const menuItem = (names: string, step: InstallerStep): StepRule => ({
  program: 'main-menu',
  says: new RegExp(`^INFO: Menu item '(?:${names})' selected`),
  step,
});

/** Anaconda (pyanaconda's installation queue): the same names in RHEL 8 to 10. */
const queue = (names: string, step: InstallerStep): StepRule => ({
  program: 'anaconda',
  says: new RegExp(`Queue started: (?:${names}) \\((?<at>\\d+)/(?<of>\\d+)\\)$`),
  step,
});

const RULES: readonly StepRule[] = [
  menuItem('choose-mirror|download-installer|load-cdrom|anna', 'preparing'),
  menuItem('disk-detect|partman-base', 'partitioning'),
  menuItem('bootstrap-base|base-installer', 'base-system'),
  menuItem('apt-setup-udeb|pkgsel|tasksel', 'packages'),
  menuItem('grub-installer|systemd-boot-installer|lilo-installer|nobootloader', 'boot-loader'),
  menuItem('finish-install', 'finishing'),
  queue('Installation environment setup|Pre-install scripts', 'preparing'),
  queue('Early storage configuration|Late storage configuration', 'partitioning'),
  queue('Pre install tasks|Payload installation', 'packages'),
  queue('Bootloader installation|Initramfs generation', 'boot-loader'),
  queue(
    'Installed system configuration|Network configuration|Subscription configuration|User creation|Anaconda addon configuration',
    'settings',
  ),
  queue('Write configs and kickstarts|Post installation scripts', 'finishing'),
];

/** The step that a message of an installer begins; undefined for nearly all messages. */
export function readStep({ program, text }: SyslogMessage): InstallerProgress | undefined {
  for (const rule of RULES) {
    if (rule.program !== program) continue;
    const match = rule.says.exec(text);
    if (match === null) continue;
    const { at, of } = match.groups ?? {};
    return { step: rule.step, percent: percentOf(Number(at), Number(of)) };
  }
  return undefined;
}

/** What of the whole is done when number `at` begins. NaN where nothing counts. */
function percentOf(at: number, of: number): number | null {
  return of > 0 && at > 0 && at <= of ? Math.floor((100 * (at - 1)) / of) : null;
}

/** main-menu says so before it shows a dialog that nobody is there to answer. */
const MENU_ITEM_FAILED = /^WARNING \*\*: (?:Configuring|Menu item) '([^']{1,60})' failed/;

/** The step of Debian's installer that this message says has failed. */
export function readFailedStep({ program, text }: SyslogMessage): string | undefined {
  return program === 'main-menu' ? MENU_ITEM_FAILED.exec(text)?.[1] : undefined;
}
