/** The part of the package `tftp` 0.1.2 that the tests use; it comes without types. */
declare module 'tftp' {
  interface ClientOptions {
    readonly host: string;
    readonly port: number;
    /** Asked for as blksize, default 1468. */
    readonly blockSize?: number;
    /** Asked for as windowsize, default 4. */
    readonly windowSize?: number;
    readonly retries?: number;
    /** Milliseconds. */
    readonly timeout?: number;
  }
  interface Client {
    get(remote: string, local: string, done: (error: Error | null) => void): void;
  }
  const tftp: { createClient(options: ClientOptions): Client };
  export default tftp;
}
