import { z } from 'zod';
import { AWAITED, type AwaitedStage, type DeadlineSeconds } from '../domain/install/stage-deadlines.ts';

/** From half a minute to a week. */
const seconds = (stage: AwaitedStage) => z.int().min(30).max(604_800).default(AWAITED[stage].seconds);

/** Section `installs.deadlines`: how long an install may wait for each stage after its machine was last heard. */
export const deadlinesSection = z
  .strictObject({
    dhcpRequestSeconds: seconds('dhcp-request'),
    loaderSeconds: seconds('loader'),
    bootScriptSeconds: seconds('boot-script'),
    kernelSeconds: seconds('kernel'),
    initrdSeconds: seconds('initrd'),
    answerFileSeconds: seconds('answer-file'),
    installingSeconds: seconds('installing'),
    partitioningSeconds: seconds('partitioning'),
    installedSeconds: seconds('installed'),
    firstBootSeconds: seconds('first-boot'),
    /** Nothing is overdue for so long after the start of the service: machines were not heard meanwhile. */
    graceSeconds: z.int().min(0).max(86_400).default(600),
  })
  .prefault({});

/** The same by the stage that is waited for. */
export function deadlinesOf(config: z.infer<typeof deadlinesSection>): DeadlineSeconds {
  return {
    'dhcp-request': config.dhcpRequestSeconds,
    loader: config.loaderSeconds,
    'boot-script': config.bootScriptSeconds,
    kernel: config.kernelSeconds,
    initrd: config.initrdSeconds,
    'answer-file': config.answerFileSeconds,
    installing: config.installingSeconds,
    partitioning: config.partitioningSeconds,
    installed: config.installedSeconds,
    'first-boot': config.firstBootSeconds,
  };
}
