import { z } from 'zod';
import { parseIpv4 } from '../domain/network/ipv4.ts';

/** Section `syslog`: where installers send their logs, by UDP and by TCP. */
export const syslogSection = z
  .strictObject({
    enabled: z.boolean().default(true),
    listen: z
      .string()
      .refine((text) => parseIpv4(text) !== undefined, { message: 'must be an IPv4 address' })
      .default('0.0.0.0'),
    port: z.int().min(1).max(65_535).default(514),
  })
  .prefault({});
