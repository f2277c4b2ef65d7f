import type { PathRefusal } from '../../src/tftp/path.ts';
import type { TransferFailure } from '../../src/tftp/transfer.ts';
import type { Endpoint } from '../net/datagram.ts';

/** Why a request was not served although it may name a file of ours. */
export type TftpRefusal =
  | 'write' // ERROR 2: nothing is written by TFTP
  | 'malformed' // ERROR 4
  | 'mode' // ERROR 4: neither octet nor netascii
  | `name-${PathRefusal}` // ERROR 1, traversal ERROR 2
  | 'too-large' // ERROR 0
  | 'busy' // no answer: the client asks again by itself, and by then there may be a place
  | 'no-socket' // ERROR 0: the system has no more sockets
  | 'lookup-failed'; // ERROR 0

/**
 * What the boot timeline learns from TFTP. `name` is the logical name where there is one, else the name as
 * asked, which may hold any character from 0x01 to 0xff: show it escaped.
 * Every `request` is followed by exactly one of the others for the same client endpoint.
 */
export type TftpEvent = { readonly client: Endpoint; readonly name: string } & (
  | { readonly type: 'request' }
  | {
      readonly type: 'complete';
      readonly bytes: number;
      readonly ms: number;
      readonly blockBytes: number;
      readonly windowBlocks: number;
      readonly resentBlocks: number;
    }
  /** The client asked for the size only (`bytes`), and has gone: normal, it comes back for the file. */
  | { readonly type: 'probe'; readonly bytes: number }
  | {
      readonly type: 'aborted';
      /** `superseded`: the same client port asked anew; `stopping`: the listener was stopped. */
      readonly reason: TransferFailure['reason'] | 'superseded' | 'stopping';
      readonly detail: string;
      readonly ackedBytes: number;
      readonly totalBytes: number;
    }
  | { readonly type: 'not-found'; readonly detail: string; readonly isOptional: boolean }
  /** Also without a `request` before it, when there was nothing that could be asked for. */
  | { readonly type: 'refused'; readonly reason: TftpRefusal; readonly detail: string }
);
