import type { BmcTarget } from '../domain/power/bmc-driver.ts';
import { BmcError } from '../domain/power/bmc-error.ts';
import type { Exchange } from './exchange.ts';
import { RedfishError } from './failure.ts';
import { linkAt, type Resource, textAt } from './resource.ts';

/** Ends the session; does nothing where there is none. Never throws: the BMC ends it by itself after its idle time. */
export type Logout = () => Promise<void>;

/** How long the BMC has for ending the session. */
const LOGOUT_MS = 5000;

const NO_SESSION: Logout = async () => {};

/**
 * Opens a session (DSP0266 §13.3.4) and lets `exchange` speak in its name; a BMC that has no SessionService is asked with
 * HTTP basic authentication (§13.3.3), which every request pays for with a look-up of the password.
 */
export async function login(
  exchange: Exchange,
  root: Resource,
  target: BmcTarget,
  signal: AbortSignal,
): Promise<Logout> {
  const password = target.password?.reveal();
  if (password === undefined) throw new BmcError('wrong-credentials', 'there is no password on record');
  if (target.user.includes(':') || /\p{Cc}/u.test(target.user + password)) {
    throw new BmcError('wrong-credentials', 'user or password hold characters that Redfish cannot carry');
  }
  const basic = { authorization: `Basic ${Buffer.from(`${target.user}:${password}`).toString('base64')}` };
  const sessions = await findSessions(exchange, root, signal);
  if (sessions === null) {
    exchange.credentials = basic;
    return NO_SESSION;
  }
  try {
    const body = { UserName: target.user, Password: password };
    const { headers, resource } = await exchange.post(sessions, body, signal);
    const token = headers['x-auth-token'];
    if (token === undefined) throw new BmcError('malformed', 'opened a session without X-Auth-Token');
    exchange.credentials = { 'x-auth-token': token };
    const session = textAt(resource, '@odata.id') ?? pathOnly(headers['location']);
    return session === null ? NO_SESSION : logout(exchange, session);
  } catch (error) {
    if (!(error instanceof RedfishError)) throw error;
    if (error.failure === 'unsupported') {
      exchange.credentials = basic;
      return NO_SESSION;
    }
    throw loginError(error);
  }
}

/**
 * The path of a Location. Some BMCs write the name that they believe to have into it; the session is theirs all the same,
 * and has to be ended.
 */
function pathOnly(location: string | undefined): string | null {
  return location === undefined || !URL.canParse(location, 'https://bmc.invalid')
    ? null
    : new URL(location, 'https://bmc.invalid').pathname;
}

/** The collection of sessions: the service root links to it, since a session is needed to read further. */
async function findSessions(exchange: Exchange, root: Resource, signal: AbortSignal): Promise<string | null> {
  const direct = linkAt(root, 'Links', 'Sessions');
  if (direct !== null) return direct;
  const service = linkAt(root, 'SessionService');
  if (service === null) return null;
  try {
    return linkAt((await exchange.get(service, signal)).resource, 'Sessions');
  } catch (error) {
    // Some want a session for reading where sessions are opened; there they lie where everybody has them.
    if (error instanceof RedfishError && error.status === 401)
      return `${service.replace(/\/$/, '')}/Sessions`;
    if (error instanceof RedfishError && error.failure === 'unsupported') return null;
    throw error;
  }
}

/** At the login "forbidden" is about the password, and so is a bare "bad request" (iLO 4); a full house is none of both. */
function loginError(error: RedfishError): BmcError {
  const aboutPassword =
    [400, 401, 403].includes(error.status) && ['refused', 'privilege'].includes(error.failure);
  return aboutPassword
    ? new RedfishError('wrong-credentials', error.message, error.status, error.messages)
    : error;
}

/** DELETE of the session (DSP0266 §7.10), with a time of its own: it has to go out after a caller has given up, too. */
function logout(exchange: Exchange, session: string): Logout {
  return async () => {
    try {
      await exchange.delete(session, AbortSignal.timeout(LOGOUT_MS));
    } catch {
      // Nothing is lost but one of its sessions, until its idle time is over.
    }
  };
}
