import type { Session } from './session.ts';

/**
 * Serial over LAN whose other end says everything back (IPMI 2.0 §15.9): packet number, acknowledged number, accepted
 * characters, status, characters. The answer acknowledges and sends the same characters in one packet; undefined where
 * there is nothing to say.
 */
export function echoSerial(session: Session, payload: Buffer): Buffer | undefined {
  const [number = 0] = payload;
  if (session.sol === null || payload.length < 4 || (number & 0x0f) === 0) return undefined;
  const characters = payload.subarray(4);
  session.sol = characters.length === 0 ? session.sol : (session.sol % 15) + 1;
  const own = characters.length === 0 ? 0 : session.sol;
  return Buffer.concat([Buffer.from([own, number & 0x0f, characters.length, 0]), characters]);
}
