import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../src/config.ts';

describe('parseConfig', () => {
  it('needs nothing: the defaults keep people on loopback', () => {
    const config = parseConfig(null, {});
    expect(config.http.listen).toEqual({ address: '127.0.0.1', port: 8080 });
    expect(config.boot).toMatchObject({ listen: '0.0.0.0', port: 80, proxies: [] });
    const ipxeUserClasses = ['iPXE', 'xNBA'];
    expect(config.dhcp).toEqual({
      ...{ interfaces: [], port: 67, probe: true, clientPacketsPerSecond: 100 },
      ipxeUserClasses,
    });
    expect(config.tftp.maxFileMegabytes).toBe(32);
  });

  it('lets the environment win over the file', () => {
    const config = parseConfig('http: { listen: 127.0.0.1:9000 }\nboot: { port: 8081 }', {
      // The command's own, of the shell that starts the service.
      PROVISION_SERVER: 'unix:/run/p.sock',
      PROVISION_CONTEXT: 'lab',
      PROVISION_TOKEN: 'pv_1',
      PROVISION_HTTP_LISTEN: '127.0.0.1:9001',
      PROVISION_DATA_DIR: '/srv/p',
      PROVISION_DHCP_INTERFACES: 'eth0,eth1',
      PROVISION_DHCP_IPXE_USER_CLASSES: 'iPXE,OurBoot',
      PROVISION_TFTP_PORT: '6969',
      PROVISION_TFTP_MAX_FILE_MEGABYTES: '64',
      PROVISION_BOOT_PUBLIC_PORT: '80',
      PROVISION_BOOT_PROXIES: '127.0.0.1,10.0.0.9',
      PROVISION_FILES_ACCEL: '/srv/distros/=/accel/distros,/srv/more=/accel/more',
    });
    expect(config.boot).toMatchObject({ publicPort: 80, proxies: ['127.0.0.1', '10.0.0.9'] });
    expect(config.files.accel).toEqual([
      { folder: '/srv/distros', uri: '/accel/distros' },
      { folder: '/srv/more', uri: '/accel/more' },
    ]);
    expect(config.http.listen.port).toBe(9001);
    expect(config.boot.port).toBe(8081);
    expect(config.dataDir).toBe('/srv/p');
    expect(config.dhcp.interfaces).toEqual(['eth0', 'eth1']);
    expect(config.dhcp.ipxeUserClasses).toEqual(['iPXE', 'OurBoot']);
    expect(config.tftp.maxFileMegabytes).toBe(64);
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

  it.each(['/srv', 'srv=/accel', '/srv=accel', '/srv=/accel=/x', '/srv=/a b', '/=/accel'])(
    'refuses %j as a folder of a proxy',
    (entry) => {
      expect(() => parseConfig(null, { PROVISION_FILES_ACCEL: entry })).toThrow(ConfigError);
    },
  );

  it.each(['- a\n- b', '"text"', 'a: [', '!!js/function x'])('refuses %j with a reason', (yaml) => {
    expect(() => parseConfig(yaml, {})).toThrow(ConfigError);
  });
});
