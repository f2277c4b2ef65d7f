import { expect, it } from 'vitest';
import { createInstalledPackages, parseDpkgStatus } from '../../server/dpkg.ts';

const STATUS = `Package: ipxe
Status: install ok installed
Architecture: all
Version: 1.0.0+git-20190125.36a4c85-5.1
Description: PXE boot firmware
 Version: 9 is not a field, this line goes on

Package: shim-signed
Status: deinstall ok config-files
Version: 1.39

Package: pxelinux
Status: hold ok installed
Architecture: i386
Version: 3:6.04~git20190206
`;

it("reads what is installed out of dpkg's list", () => {
  expect([...parseDpkgStatus(STATUS)]).toEqual([
    ['ipxe', '1.0.0+git-20190125.36a4c85-5.1'],
    ['ipxe:all', '1.0.0+git-20190125.36a4c85-5.1'],
    ['pxelinux', '3:6.04~git20190206'],
    ['pxelinux:i386', '3:6.04~git20190206'],
  ]);
});

it('finds nothing installed where there is no dpkg', async () => {
  const packages = createInstalledPackages('/nowhere/status');
  expect((await packages.versions(['ipxe'])).size).toBe(0);
  expect(await packages.read('/nowhere/a')).toBeUndefined();
});
