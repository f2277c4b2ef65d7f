import type { RedfishRequest, RedfishResponse, RedfishTransport } from '../../../src/redfish/transport.ts';
import type { Flavour } from './flavours.ts';
import { type MachineState, resourcesOf } from './resources.ts';

type Json = Readonly<Record<string, unknown>>;

export const SIM_USER = 'admin';
export const SIM_PASSWORD = 'correct horse';

/** A simulated BMC with one machine: what it is asked and what becomes of it. No sockets; those are put in front of it. */
export class SimulatedRedfish {
  readonly flavour: Flavour;
  readonly state: MachineState = {
    power: 'Off',
    boot: { target: 'None', enabled: 'Disabled', mode: 'UEFI', httpUri: null },
    lit: false,
    version: 1,
  };
  /** Tokens of open sessions and their paths. */
  readonly sessions = new Map<string, string>();
  /** `GET /redfish/v1`, in order. */
  readonly asked: string[] = [];
  /** Bodies of PATCH and POST but those of logins. */
  readonly bodies: { readonly path: string; readonly body: Json }[] = [];
  /** Answers that come instead, by method and path; undefined: the usual one. */
  override: (request: RedfishRequest) => RedfishResponse | undefined = () => undefined;
  readonly address: string;
  #logins = 0;

  constructor(flavour: Flavour, address = '127.0.0.1') {
    this.flavour = flavour;
    this.address = address;
  }

  /** As the BMC's side of a transport without a wire. */
  transport(): RedfishTransport {
    return { send: async (request) => this.handle(request), close: () => undefined };
  }

  handle(request: RedfishRequest): RedfishResponse {
    const path = request.path.replace(/[?#].*$/, '').replace(/\/+$/, '');
    this.asked.push(`${request.method} ${path}`);
    const instead = this.override(request);
    if (instead !== undefined) return instead;
    if (path === '/redfish/v1' || path === '/redfish') return this.#get(path);
    const sessions = '/redfish/v1/SessionService/Sessions';
    if (request.method === 'POST' && path === sessions && this.flavour.sessionService)
      return this.#login(request);
    if (!this.#knows(request)) return refusal(401, 'Base.1.8.NoValidSession', 'There is no valid session.');
    if (request.method === 'GET') return this.#get(path);
    if (request.method === 'DELETE') return this.#logout(path);
    const body = JSON.parse(request.body ?? '{}') as Json;
    this.bodies.push({ path, body });
    if (request.method === 'POST') return this.#reset(path, body);
    return this.#patch(request, path, body);
  }

  get systemPath(): string {
    return `/redfish/v1/Systems/${this.flavour.systemId}`;
  }

  #knows({ headers }: RedfishRequest): boolean {
    const basic = `Basic ${Buffer.from(`${SIM_USER}:${SIM_PASSWORD}`).toString('base64')}`;
    return this.sessions.has(headers['x-auth-token'] ?? '') || headers['authorization'] === basic;
  }

  #login(request: RedfishRequest): RedfishResponse {
    const { UserName, Password } = JSON.parse(request.body ?? '{}') as Json;
    if (UserName !== SIM_USER || Password !== SIM_PASSWORD)
      return refusal(401, 'Base.1.8.NoValidSession', 'User or password is wrong.');
    if (this.sessions.size >= this.flavour.maxSessions)
      return refusal(503, this.flavour.fullMessage, 'The maximum number of user sessions is reached.');
    this.#logins += 1;
    const path = `/redfish/v1/SessionService/Sessions/${this.#logins}`;
    const token = `token-${this.#logins}`;
    this.sessions.set(token, path);
    return answer(
      201,
      { '@odata.id': path, Id: String(this.#logins) },
      { 'x-auth-token': token, location: path },
    );
  }

  #logout(path: string): RedfishResponse {
    for (const [token, session] of this.sessions) if (session === path) this.sessions.delete(token);
    return { status: 204, headers: {}, text: '' };
  }

  #get(path: string): RedfishResponse {
    const resource = resourcesOf(this.flavour, this.state, this.address).get(path);
    if (resource === undefined)
      return refusal(404, 'Base.1.8.ResourceMissingAtURI', 'There is no such resource.');
    return answer(200, resource, this.#etag() === null ? {} : { etag: this.#etag() ?? '' });
  }

  #etag(): string | null {
    const strong = `"${this.state.version}"`;
    if (this.flavour.etag === 'none' || this.flavour.etag === 'required') return null;
    return this.flavour.etag === 'weak' ? `W/${strong}` : strong;
  }

  #reset(path: string, body: Json): RedfishResponse {
    const type = String(body['ResetType']);
    if (path !== `${this.systemPath}/Actions/ComputerSystem.Reset`)
      return refusal(404, 'Base.1.8.ResourceMissingAtURI', 'There is no such action.');
    if (!this.flavour.resetTypes.includes(type))
      return refusal(400, 'Base.1.8.ActionParameterNotSupported', `The value ${type} is not supported.`);
    const isOn = this.state.power === 'On';
    const wrong = type === 'On' ? isOn : type === 'PushPowerButton' ? false : !isOn;
    if (wrong)
      return refusal(409, 'IDRAC.2.4.PSU501', `The machine is already powered ${isOn ? 'on' : 'off'}.`);
    const toggled = isOn ? 'Off' : 'On';
    this.state.power = /^(On|.*Restart|PowerCycle)$/.test(type)
      ? 'On'
      : type === 'PushPowerButton'
        ? toggled
        : 'Off';
    return { status: 204, headers: {}, text: '' };
  }

  #patch(request: RedfishRequest, path: string, body: Json): RedfishResponse {
    const tag = request.headers['if-match'];
    const strong = `"${this.state.version}"`;
    if (this.flavour.etag === 'required' && tag === undefined)
      return refusal(428, 'Ami.1.0.PreconditionHeaderMissing', 'The request did not provide a precondition.');
    if (tag !== undefined && tag !== '*' && tag !== strong)
      return refusal(412, 'Base.1.8.PreconditionFailed', 'The ETag does not match.');
    const boot = body['Boot'] as Json | undefined;
    if (boot !== undefined) return this.#patchBoot(path, boot);
    if ('LocationIndicatorActive' in body) this.state.lit = body['LocationIndicatorActive'] === true;
    else if ('IndicatorLED' in body) this.state.lit = body['IndicatorLED'] !== 'Off';
    else return refusal(400, 'Base.1.8.PropertyUnknown', 'The property is unknown.');
    this.state.version += 1;
    return answer(200, {}, {});
  }

  #patchBoot(path: string, boot: Json): RedfishResponse {
    const { flavour, state } = this;
    const text = (name: string, otherwise: string) => String(boot[name] ?? otherwise);
    if (flavour.bootAt === 'settings' && path === this.systemPath)
      return refusal(
        400,
        'Ami.1.0.OperationSupportedInFutureStateURI',
        `Moved to FutureState URI(${path}/SD)`,
      );
    if (flavour.modeIsReadOnly && 'BootSourceOverrideMode' in boot)
      return refusal(400, 'Base.1.8.PropertyNotWritable', 'BootSourceOverrideMode is read-only.');
    const target = text('BootSourceOverrideTarget', state.boot.target);
    const enabled = text('BootSourceOverrideEnabled', state.boot.enabled);
    if (flavour.refusesNone && target === 'None')
      return refusal(400, 'iLO.2.14.UnsupportedOperation', 'The operation is not supported.');
    if (!flavour.bootTargets.includes(target))
      return refusal(400, 'Base.1.8.PropertyValueNotInList', `The value ${target} is not in the list.`);
    if (flavour.ignoresOnce && enabled === 'Once') return answer(200, {}, {});
    state.boot = {
      target,
      enabled,
      mode: text('BootSourceOverrideMode', flavour.losesMode ? 'Legacy' : state.boot.mode),
      httpUri: boot['HttpBootUri'] === undefined ? state.boot.httpUri : String(boot['HttpBootUri']),
    };
    state.version += 1;
    if (flavour.saysNoAndDoes) return refusal(400, 'Base.1.2.GeneralError', 'A general error has occurred.');
    return { status: 204, headers: {}, text: '' };
  }
}

export function answer(status: number, resource: Json, headers: Record<string, string>): RedfishResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    text: JSON.stringify(resource),
  };
}

/** DSP0266 §8.6 */
export function refusal(status: number, messageId: string, message: string): RedfishResponse {
  const info = {
    '@odata.type': '#Message.v1_0_0.Message',
    MessageId: messageId,
    Message: message,
    MessageArgs: [],
  };
  const error = {
    code: 'Base.1.8.GeneralError',
    message: 'See ExtendedInfo.',
    '@Message.ExtendedInfo': [info],
  };
  return answer(status, { error }, {});
}
