import { z } from 'zod';

/** Name of an environment-like variable that answer files may use as `vars.<name>`. */
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, {
  message: 'must be a variable name: letters, digits and underscore',
});

/** One line of text: no control characters, so that nobody can smuggle a second line into an answer file. */
const oneLine = z
  .string()
  .max(4096)
  .regex(/^[^\p{Cc}]*$/u, { message: 'must be one line without control characters' });

/** A public SSH key as one line of authorized_keys. */
const sshKey = z
  .string()
  .max(8192)
  .regex(/^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/=]+( [^\p{Cc}]*)?$/u, {
    message: 'must be one public key line, like the content of ~/.ssh/id_ed25519.pub',
  });

/** crypt(3) hash with a modern scheme; a password in the clear is refused by its shape. */
const passwordHash = z
  .string()
  .max(512)
  .regex(/^\$(6|5|y|gy|2b)\$[./A-Za-z0-9$=,]+$/, {
    message: 'must be a crypt hash ($6$… or $y$…); make one with: openssl passwd -6',
  });

/** What a profile gives as default and a system may override: everything that an answer file asks for. */
export const settingsInput = z.strictObject({
  disk: z
    .string()
    .regex(/^\/dev\/[A-Za-z0-9/_.:-]{1,200}$/, {
      message: 'must be a device like /dev/sda or /dev/disk/by-id/…',
    })
    .optional(),
  minDiskGb: z.int().min(1).max(1_000_000).optional(),
  timezone: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/, { message: 'must be a time zone like Europe/Berlin' })
    .optional(),
  locale: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9_.@-]+$/, { message: 'must be a locale like en_US.UTF-8' })
    .optional(),
  keymap: z
    .string()
    .max(32)
    .regex(/^[A-Za-z0-9_-]+$/, { message: 'must be a keyboard layout like us' })
    .optional(),
  domain: z
    .string()
    .max(253)
    .regex(/^[a-z0-9.-]+$/, { message: 'must be a domain like example.net' })
    .optional(),
  packages: z
    .array(
      z
        .string()
        .max(128)
        .regex(/^[A-Za-z0-9@^][A-Za-z0-9@^+._:-]*$/, { message: 'must be the name of a package or group' }),
    )
    .max(1000)
    .optional(),
  sshKeys: z.array(sshKey).max(100).optional(),
  kernelPackage: z
    .string()
    .max(128)
    .regex(/^[a-z0-9][a-z0-9+.-]*$/, { message: 'must be the name of a package' })
    .optional(),
  rootPartition: z.int().min(1).max(128).optional(),
  vars: z.record(variableName, oneLine).optional(),
  /** Write-only: never in an answer of the API, a log line or a preview. Null takes it away again. */
  rootPasswordHash: passwordHash.nullable().optional(),
});

export type SettingsInput = z.infer<typeof settingsInput>;
/** Settings as they may be shown: without the write-only ones, which are only said to be set. */
export type Settings = Omit<SettingsInput, 'rootPasswordHash'>;
