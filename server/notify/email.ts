import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import type { EmailConfig } from '../../src/config/notify.ts';
import type { DeliveryOutcome, Notice } from '../../src/domain/notification.ts';

/** Sends one mail for a notice. Certificates are checked; a server that offers TLS is spoken to in TLS. */
export async function sendMail(config: EmailConfig, notice: Notice): Promise<DeliveryOutcome> {
  try {
    const { from, to, timeoutSeconds } = config;
    const timeoutMs = timeoutSeconds * 1000;
    const { hostname, port, protocol } = new URL(config.server);
    const transport = createTransport({
      host: hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      secure: protocol === 'smtps:',
      ...(config.user === null ? {} : { auth: await credentials(config.user, config.passwordFile) }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      // A notice is text of our own and of machines: nothing in it is a file or an address to fetch.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const messageId = `<provision-${notice.id}-${Date.parse(notice.at)}@${from.split('@')[1]}>`;
    await transport.sendMail({ from, to, messageId, ...mailOf(notice) });
    return { kind: 'accepted' };
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'it could not be sent';
    return { kind: 'refused', status: null, problem };
  }
}

async function credentials(user: string, passwordFile: string | null) {
  return { user, pass: passwordFile === null ? '' : (await readFile(passwordFile, 'utf8')).trim() };
}

/** Subject and text of a notice. */
export function mailOf({ system, install, at }: Notice): { readonly subject: string; readonly text: string } {
  if (install === null)
    return { subject: 'provision: test', text: `Mail from provision arrives (sent ${at}).\n` };
  const { state, stage, reason, from } = install;
  const lines = [
    `The install of ${system} is ${state} (it was ${from ?? 'new'}).`,
    '',
    `when:   ${at}`,
    ...(stage === null ? [] : [`stage:  ${stage}`]),
    ...(reason === null ? [] : [`reason: ${reason}`]),
    '',
    `All of it: provision system timeline ${system}`,
    '',
  ];
  return { subject: `provision: ${system} ${state}`, text: lines.join('\n') };
}
