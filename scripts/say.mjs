// @ts-check
// Words for people go to stderr: stdout belongs to the program that is started (JSON lines, the setup token).

/** @param {string} text */
export function say(text) {
  process.stderr.write(`provision: ${text}\n`);
}

/** A failure that needs no stack trace: the message says what happened and what to do. */
export class PlainFailure extends Error {}

/**
 * Runs a script's main function; its result is the exit status. A PlainFailure is printed as it is and means 1.
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof PlainFailure)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
