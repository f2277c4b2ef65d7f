/**
 * `work` for many callers at once: one run at a time, and every caller gets a run that began after it asked, which it
 * shares with all who asked meanwhile. A thousand machines that ask for the same look at the disk cost a few of them.
 */
export function createSharedRun<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      const run = work();
      running = run.catch(() => undefined);
      return run;
    });
    return next;
  };
}
