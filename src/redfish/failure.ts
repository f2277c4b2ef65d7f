import { BmcError, type BmcFailure } from '../domain/power/bmc-error.ts';
import { bmcText } from './bmc-text.ts';
import { isResource, objectsAt, type Resource, rowOf, textAt, textsAt } from './resource.ts';
import type { RedfishRequest, RedfishResponse } from './transport.ts';

/** What a message of a registry means whatever the status says; the last part of a MessageId. DSP0266 §8.6 */
const BY_MESSAGE: Readonly<Record<string, BmcFailure>> = {
  SessionLimitExceeded: 'out-of-sessions',
  // iDRAC: "The maximum number of user sessions is reached", with status 503.
  RAC0218: 'out-of-sessions',
  InsufficientPrivilege: 'privilege',
  AccessDenied: 'privilege',
  ResourceAtUriUnauthorized: 'wrong-credentials',
  NoValidSession: 'wrong-credentials',
  AccountForSessionNoLongerExists: 'wrong-credentials',
  PasswordChangeRequired: 'wrong-credentials',
  ServiceTemporarilyUnavailable: 'busy',
  ServiceShuttingDown: 'busy',
  ServiceInUnknownState: 'busy',
  ResourceInUse: 'busy',
  ResourceInStandby: 'refused',
  ActionNotSupported: 'unsupported',
  ActionParameterNotSupported: 'unsupported',
  QueryNotSupported: 'unsupported',
};

/** What a status means where no message says more. DSP0266 §8.3 */
const BY_STATUS: Readonly<Record<number, BmcFailure>> = {
  400: 'refused',
  401: 'wrong-credentials',
  403: 'privilege',
  404: 'unsupported',
  405: 'unsupported',
  409: 'refused',
  410: 'unsupported',
  // Somebody else changed the resource in between, or the BMC insists on an ETag that it does not give.
  412: 'busy',
  428: 'refused',
  429: 'busy',
  500: 'busy',
  501: 'unsupported',
  502: 'busy',
  503: 'busy',
  504: 'busy',
};

/** An answer that says no, with what the exchange needs to try another way. */
export class RedfishError extends BmcError {
  readonly status: number;
  /** Last parts of its MessageIds: `InsufficientPrivilege`. */
  readonly messages: readonly string[];

  constructor(failure: BmcFailure, detail: string, status: number, messages: readonly string[]) {
    super(failure, detail);
    this.status = status;
    this.messages = messages;
  }
}

/** The error that an answer means; undefined for one that is none (2xx). */
export function errorOf(request: RedfishRequest, response: RedfishResponse): RedfishError | undefined {
  if (response.status >= 200 && response.status < 300) return undefined;
  const { ids, says } = readErrorBody(response.text);
  const byMessage = ids.map((id) => rowOf(BY_MESSAGE, id)).find((failure) => failure !== undefined);
  const byStatus = BY_STATUS[response.status] ?? (response.status >= 400 ? 'refused' : 'malformed');
  const detail = `answered ${request.method} ${bmcText(request.path)} with status ${response.status}`;
  const words = says.length === 0 ? detail : `${detail}: ${says.join(' ')}`;
  return new RedfishError(byMessage ?? byStatus, words, response.status, ids);
}

/** Longest error body that is looked at; nobody reads more. */
const LONGEST_ERROR = 64 * 1024;
const MOST_MESSAGES = 3;

/**
 * `{"error": {"code", "message", "@Message.ExtendedInfo": [{"MessageId", "Message", "MessageArgs", "Resolution"}]}}`,
 * DSP0266 §8.6. Some BMCs write HTML or nothing, which says no more than the status.
 */
function readErrorBody(text: string): { ids: string[]; says: string[] } {
  if (text.length > LONGEST_ERROR) return { ids: [], says: [] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ids: [], says: [] };
  }
  const error = isResource(value) && isResource(value['error']) ? value['error'] : {};
  const infos = objectsAt(error, '@Message.ExtendedInfo');
  const codes = [...infos.map((info) => textAt(info, 'MessageId')), textAt(error, 'code')];
  const ids = codes.filter((code) => code !== null).map((code) => code.split('.').at(-1) ?? code);
  const messages = infos.map(messageOf).filter((message) => message !== '');
  const plain = textAt(error, 'message');
  const says = messages.length > 0 || plain === null ? messages : [plain];
  return { ids, says: says.slice(0, MOST_MESSAGES).map(bmcText) };
}

/** `Message` with its arguments in it; a message without text is named by its id. */
function messageOf(info: Resource): string {
  const template = textAt(info, 'Message') ?? textAt(info, 'MessageId') ?? '';
  const values = textsAt(info, 'MessageArgs') ?? [];
  return template.replace(/%(\d{1,2})/g, (whole, number) => values[Number(number) - 1] ?? whole);
}
