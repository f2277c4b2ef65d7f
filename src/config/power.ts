import { z } from 'zod';
import { commandSetSchema } from '../domain/power/command-set.ts';

/** Section `power`: how BMCs are treated. */
export const powerSection = z
  .strictObject({
    /** Between two sessions with one BMC; some freeze after a burst. */
    gapSeconds: z.number().min(0).max(60).default(1),
    /** Sessions with all BMCs together; one that lasts over a second does not count any more. */
    maxSessions: z.int().min(1).max(10_000).default(512),
    /** One session, all of it. */
    sessionSeconds: z.int().min(1).max(300).default(30),
    /** Between two questions while a machine is on its way. */
    pollSeconds: z.number().min(1).max(60).default(5),
    /** Sessions in a row that may fail before a job does. */
    tries: z.int().min(1).max(20).default(4),
    /** How long a machine may take to switch off or on, unless a request says otherwise. */
    timeoutSeconds: z.int().min(5).max(3600).default(300),
    /** How long after it is on a machine that is installed may take until its DISCOVER, unless its install says otherwise. */
    netbootSeconds: z.int().min(30).max(3600).default(300),
    /** Commands of the driver `command`, by the name that records use. Only this file can name a program to run. */
    commands: z
      .record(
        z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
          message: 'must be a name of a-z, 0-9, dash and underscore',
        }),
        commandSetSchema,
      )
      .default({}),
  })
  .superRefine(({ commands, sessionSeconds }, ctx) => {
    for (const [name, { timeoutSeconds }] of Object.entries(commands))
      if (timeoutSeconds > sessionSeconds)
        ctx.addIssue({
          code: 'custom',
          path: ['commands', name, 'timeoutSeconds'],
          message: `must be at most power.sessionSeconds (${sessionSeconds}), which ends a command as well`,
        });
  })
  .prefault({});
