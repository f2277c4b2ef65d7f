import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../src/config.ts';

describe('parseConfig', () => {
  it('needs nothing: the defaults keep people on loopback', () => {
    const config = parseConfig(null, {});
    expect(config.http.listen).toEqual({ address: '127.0.0.1', port: 8080 });
    expect(config.boot).toEqual({ listen: '0.0.0.0', port: 80 });
    expect(config.dhcp).toEqual({ interfaces: [], port: 67, probe: true });
  });

  it('lets the environment win over the file', () => {
    const config = parseConfig('http: { listen: 127.0.0.1:9000 }\nboot: { port: 8081 }', {
      PROVISION_HTTP_LISTEN: '127.0.0.1:9001',
      PROVISION_DATA_DIR: '/srv/p',
      PROVISION_DHCP_INTERFACES: 'eth0,eth1',
      PROVISION_TFTP_PORT: '6969',
    });
    expect(config.http.listen.port).toBe(9001);
    expect(config.boot.port).toBe(8081);
    expect(config.dataDir).toBe('/srv/p');
    expect(config.dhcp.interfaces).toEqual(['eth0', 'eth1']);
    expect(config.tftp.port).toBe(6969);
  });

  it('names everything that is wrong at once', () => {
    const yaml = 'dataDirr: x\nhttp: { listen: here }\nboot: { port: 99999 }\nlog: { level: loud }';
    try {
      parseConfig(yaml, { PROVISION_DHCP_PROT: '67' });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      const paths = (error as ConfigError).problems.map((problem) => problem.path).sort();
      expect(paths).toEqual(['PROVISION_DHCP_PROT', 'boot.port', 'dataDirr', 'http.listen', 'log.level']);
    }
  });

  it.each(['- a\n- b', '"text"', 'a: [', '!!js/function x'])('refuses %j with a reason', (yaml) => {
    expect(() => parseConfig(yaml, {})).toThrow(ConfigError);
  });
});
