import type { NewBootEvent, Stage } from '../../domain/boot/boot-event.ts';

/** What an event of an install says about the way that its machine boots. */
export type Heard = 'netbooted' | 'disk-booted' | 'over';

/** Stages that only a machine gets to that has booted from the network. */
const OF_NETBOOT: readonly Stage[] = [
  'tftp',
  'loader',
  'boot-script',
  'local-boot',
  'kernel',
  'initrd',
  'answer-file',
  'image',
  'installing',
  'partitioning',
];
const OF_THE_END: readonly Stage[] = ['installed', 'failed', 'first-boot', 'expired', 'cancelled'];

/** Undefined: nothing about it. Of two packets of one machine, one that netboots says more. */
export function hearOf({ stage, data }: Pick<NewBootEvent, 'stage' | 'data'>): Heard | undefined {
  if (stage === 'dhcp-discover' || stage === 'dhcp-request')
    return data['netboot'] === true ? 'netbooted' : 'disk-booted';
  if (OF_NETBOOT.includes(stage)) return 'netbooted';
  return OF_THE_END.includes(stage) ? 'over' : undefined;
}
