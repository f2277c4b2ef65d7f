import { describe, expect, it } from 'vitest';
import { renderInstallScript, renderLocalBootScript } from '../../src/boot/ipxe.ts';

const INSTALL = {
  system: 'web001',
  kernelUrl: 'http://10.0.0.1/i/TOKEN/kernel',
  initrdUrl: 'http://10.0.0.1/i/TOKEN/initrd',
  scriptUrl: 'http://10.0.0.1/boot/ipxe/52-54-00-12-34-56',
  kernelArgs: ['auto=true', 'url=http://10.0.0.1/i/TOKEN/answer'],
};

describe('the boot scripts', () => {
  it('load an installer, and ask again where that fails', () => {
    expect(renderInstallScript(INSTALL)).toBe(`#!ipxe
echo provision: installing web001
imgfree ||
kernel --name kernel http://10.0.0.1/i/TOKEN/kernel initrd=initrd auto=true url=http://10.0.0.1/i/TOKEN/answer || goto again
initrd --name initrd http://10.0.0.1/i/TOKEN/initrd || goto again
boot || goto again
:again
echo provision: loading failed, asking again in 10 seconds
sleep 10
chain --replace http://10.0.0.1/boot/ipxe/52-54-00-12-34-56 || goto again
`);
  });

  it('send a machine to its disk', () => {
    const script = renderLocalBootScript('the install is done', 'http://10.0.0.1/loaders/local-x64.efi');
    expect(script.split('\n').slice(0, 4)).toEqual([
      '#!ipxe',
      'echo provision: booting from the local disk (the install is done)',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE expands it, on the machine
      'iseq ${platform} efi || exit 0',
      expect.stringMatching(/^chain http:\/\/10\.0\.0\.1\/loaders\/local-x64\.efi \|\| /),
    ]);
    expect(script).not.toMatch(/shell|goto/);
  });

  it.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what iPXE would expand
    '${net0/mac} || shell',
    'x\nshell',
    'it\'s "quoted" `x` ; reboot',
    'a'.repeat(5000),
  ])('show a reason without letting it do anything: %.30s', (reason) => {
    const lines = renderLocalBootScript(reason, 'http://10.0.0.1/x').split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[1]).toMatch(/^echo provision: booting from the local disk \([A-Za-z0-9 .,:()-]*\)$/);
    expect(lines[1]?.length).toBeLessThan(260);
  });
});
