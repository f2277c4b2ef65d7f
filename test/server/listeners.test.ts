import { expect, test } from 'vitest';
import { PortRefused, portRefusal } from '../../server/listeners/listener.ts';

const UDP_69 = { name: 'tftp 10.0.0.1', protocol: 'udp', address: '10.0.0.1', port: 69 } as const;
const TCP_80 = { name: 'http', protocol: 'tcp', address: '::', port: 80 } as const;

function refusal(wanted: typeof UDP_69 | typeof TCP_80, code: string): unknown {
  return portRefusal(wanted, Object.assign(new Error(`bind ${code}`), { code }));
}

test.for([
  {
    wanted: UDP_69,
    code: 'EACCES',
    remedy: /AmbientCapabilities=CAP_NET_BIND_SERVICE[\s\S]*setcap[\s\S]*port_start=69$/,
  },
  { wanted: TCP_80, code: 'EPERM', remedy: /ip_unprivileged_port_start=80$/ },
  { wanted: UDP_69, code: 'EADDRINUSE', remedy: /`ss -ulnp sport = :69`/ },
  { wanted: TCP_80, code: 'EADDRINUSE', remedy: /`ss -tlnp sport = :80`/ },
  { wanted: UDP_69, code: 'EADDRNOTAVAIL', remedy: /10\.0\.0\.1 is not an address of this machine/ },
  { wanted: TCP_80, code: 'EAFNOSUPPORT', remedy: /IPv6/ },
  { wanted: UDP_69, code: 'ENOMEM', remedy: /ENOMEM/ },
])('$wanted.protocol $code', ({ wanted, code, remedy }) => {
  const error = refusal(wanted, code);
  expect(error).toBeInstanceOf(PortRefused);
  expect(error).toMatchObject({ wanted, cause: code, remedy: expect.stringMatching(remedy) });
  expect(String(error)).toContain(`${wanted.protocol} ${wanted.address} port ${wanted.port}: ${code}`);
});

test('a defect is no refusal: it comes back as it is', () => {
  for (const defect of [
    new TypeError('x'),
    Object.assign(new Error('x'), { code: 'ERR_SOCKET_BAD_PORT' }),
    'x',
  ])
    expect(portRefusal(UDP_69, defect)).toBe(defect);
});
