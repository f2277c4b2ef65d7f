import { z } from 'zod';
import { deadlinesSection } from './deadlines.ts';

/** Section `installs`: how many machines are installed at once. */
export const installsSection = z
  .strictObject({
    /** Installs under way at once; more wait in the queue. Those of machines that somebody else switches on do not wait. */
    maxConcurrentInstalls: z.int().min(1).max(10_000).default(50),
    /** Over how long the power-on of several machines whose turn comes together is spread. */
    jitterSeconds: z.number().min(0).max(3600).default(30),
    deadlines: deadlinesSection,
  })
  .prefault({});
