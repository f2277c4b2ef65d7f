/** What a sealed value is bound to, so that it cannot be moved to another column. Never changed: they are in databases. */
export const SEALING = {
  settings: 'settings',
  bmcPassword: 'bmc-password',
  bmcKg: 'bmc-kg',
  installToken: 'install-token',
  idempotencyRequest: 'idempotency-key',
} as const;

export type Sealing = (typeof SEALING)[keyof typeof SEALING];
