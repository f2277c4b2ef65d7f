/** Major releases of Red Hat Enterprise Linux and its rebuilds that the table knows. */
export type KickstartRelease = 8 | 9 | 10;

export interface KickstartCommand {
  /** Releases that accept the command; empty: none of them does any more. */
  readonly releases: readonly KickstartRelease[];
  readonly deprecated?: readonly KickstartRelease[];
  /**
   * Its options, one word each: `--name`, then `=` when it takes a value, `!` when it must be there, `@9,10` when
   * only these releases accept it, `~9,10` where it is deprecated.
   */
  readonly options?: string;
}

const ALL: readonly KickstartRelease[] = [8, 9, 10];

/** Kickstart commands of the three releases, as their installers accept them. */
export const KICKSTART_COMMANDS: ReadonlyMap<string, KickstartCommand> = new Map<string, KickstartCommand>([
  ['auth', { releases: [8, 9] }],
  ['authconfig', { releases: [8, 9] }],
  ['authselect', { releases: ALL }],
  [
    'autopart',
    {
      releases: ALL,
      options:
        '--backuppassphrase --cipher= --encrypted --escrowcert= --fstype= --hibernation@10 --luks-version= --noboot --nohome --nolvm --noswap --passphrase= --pbkdf= --pbkdf-iterations= --pbkdf-memory= --pbkdf-time= --type=',
    },
  ],
  ['autostep', { releases: [8, 9], deprecated: [9], options: '--autoscreenshot@8' }],
  ['bootc', { releases: [10], options: '--source-imgref=! --stateroot= --target-imgref=' }],
  [
    'bootloader',
    {
      releases: ALL,
      options:
        '--append= --boot-drive= --default= --disabled --driveorder= --extlinux --iscrypted --leavebootorder --location= --md5pass= --nombr --password= --sdboot@10 --timeout= --upgrade@8~8',
    },
  ],
  ['btrfs', { releases: [8, 9], deprecated: [8, 9] }],
  ['cdrom', { releases: ALL }],
  [
    'clearpart',
    { releases: ALL, options: '--all --cdl --disklabel= --drives= --initlabel --linux --list= --none' },
  ],
  ['cmdline', { releases: ALL, options: '--non-interactive' }],
  ['device', { releases: [8], deprecated: [8] }],
  ['deviceprobe', { releases: [8], deprecated: [8] }],
  ['dmraid', { releases: [8], deprecated: [8] }],
  ['driverdisk', { releases: ALL, options: '--biospart= --source=' }],
  ['eula', { releases: ALL, options: '--accept --accepted --agree --agreed' }],
  ['fcoe', { releases: ALL, options: '--autovlan --dcb --nic=!' }],
  [
    'firewall',
    {
      releases: ALL,
      options:
        '--disable --disabled --enable --enabled --ftp --http --port= --remove-service= --service= --smtp --ssh --trust= --use-system-defaults',
    },
  ],
  ['firstboot', { releases: ALL, options: '--disable --disabled --enable --enabled --reconfig' }],
  ['graphical', { releases: ALL, options: '--non-interactive' }],
  ['group', { releases: ALL, options: '--gid= --name=!' }],
  ['halt', { releases: ALL, options: '--eject --kexec' }],
  ['harddrive', { releases: ALL, options: '--biospart=@8 --dir=! --partition=' }],
  ['hmc', { releases: ALL }],
  ['ignoredisk', { releases: ALL, options: '--drives= --interactive@8~8 --only-use=' }],
  ['install', { releases: [8], deprecated: [8] }],
  [
    'iscsi',
    {
      releases: ALL,
      options:
        '--iface= --ipaddr=! --password= --port= --reverse-password= --reverse-user= --target= --user=',
    },
  ],
  ['iscsiname', { releases: ALL }],
  ['keyboard', { releases: ALL, options: '--switch= --vckeymap= --xlayouts=' }],
  ['lang', { releases: ALL, options: '--addsupport=' }],
  ['liveimg', { releases: ALL, options: '--checksum= --noverifyssl --proxy= --url=!' }],
  ['logging', { releases: ALL, options: '--host= --level=@8,9~9 --port=' }],
  [
    'logvol',
    {
      releases: ALL,
      options:
        '--backuppassphrase --cachemode= --cachepvs= --cachesize= --chunksize= --cipher= --encrypted --escrowcert= --fsoptions= --fsprofile= --fstype= --grow --hibernation --label= --luks-version= --maxsize= --metadatasize= --mkfsoptions= --name=! --noformat --passphrase= --pbkdf= --pbkdf-iterations= --pbkdf-memory= --pbkdf-time= --percent= --poolname= --profile= --recommended --resize --size= --thin --thinpool --useexisting --vgname=!',
    },
  ],
  ['mediacheck', { releases: ALL }],
  [
    'method',
    {
      releases: [8, 9],
      deprecated: [9],
      options:
        '--metalink= --mirrorlist= --noverifyssl --proxy= --sslcacert= --sslclientcert= --sslclientkey= --url=',
    },
  ],
  ['module', { releases: ALL, deprecated: [10], options: '--disable@8,9 --name=!@8,9 --stream=@8,9' }],
  ['mount', { releases: ALL, options: '--mkfsoptions= --mountoptions= --reformat=' }],
  ['multipath', { releases: [8], deprecated: [8] }],
  [
    'network',
    {
      releases: ALL,
      options:
        '--activate --bindto= --bondopts= --bondslaves= --bootproto= --bridgeopts= --bridgeslaves= --device= --dhcpclass= --essid= --ethtool= --gateway= --hostname= --interfacename= --ip= --ipv4-dns-search=@9,10 --ipv4-ignore-auto-dns@9,10 --ipv6= --ipv6-dns-search=@9,10 --ipv6-ignore-auto-dns@9,10 --ipv6gateway= --mtu= --nameserver= --netmask= --no-activate --nodefroute --nodns --noipv4 --noipv6 --notksdevice --onboot= --teamconfig=~10 --teamslaves=~10 --vlanid= --wepkey= --wpakey=',
    },
  ],
  ['nfs', { releases: ALL, options: '--dir=! --opts= --server=!' }],
  ['nvdimm', { releases: [8, 9], options: '--blockdevs= --mode= --namespace= --sectorsize=' }],
  [
    'ostreecontainer',
    { releases: [9, 10], options: '--no-signature-verification --remote= --stateroot= --transport= --url=!' },
  ],
  ['ostreesetup', { releases: ALL, options: '--nogpg --osname=! --ref=! --remote= --url=!' }],
  [
    'part',
    {
      releases: ALL,
      options:
        '--active@8~8 --asprimary --backuppassphrase --cipher= --encrypted --escrowcert= --fsoptions= --fsprofile= --fstype= --grow --hibernation --label= --luks-version= --maxsize= --mkfsoptions= --noformat --onbiosdisk= --ondisk= --ondrive= --onpart= --passphrase= --pbkdf= --pbkdf-iterations= --pbkdf-memory= --pbkdf-time= --recommended --resize --size= --type= --usepart=',
    },
  ],
  [
    'partition',
    {
      releases: ALL,
      options:
        '--active@8~8 --asprimary --backuppassphrase --cipher= --encrypted --escrowcert= --fsoptions= --fsprofile= --fstype= --grow --hibernation --label= --luks-version= --maxsize= --mkfsoptions= --noformat --onbiosdisk= --ondisk= --ondrive= --onpart= --passphrase= --pbkdf= --pbkdf-iterations= --pbkdf-memory= --pbkdf-time= --recommended --resize --size= --type= --usepart=',
    },
  ],
  ['poweroff', { releases: ALL, options: '--eject --kexec' }],
  [
    'raid',
    {
      releases: ALL,
      options:
        '--backuppassphrase --chunksize= --cipher= --device=! --encrypted --escrowcert= --fsoptions= --fsprofile= --fstype= --label= --level= --luks-version= --mkfsoptions= --noformat --passphrase= --pbkdf= --pbkdf-iterations= --pbkdf-memory= --pbkdf-time= --spares= --useexisting',
    },
  ],
  ['rdp', { releases: [10], options: '--password= --username=' }],
  ['realm', { releases: ALL }],
  ['reboot', { releases: ALL, options: '--eject --kexec' }],
  [
    'repo',
    {
      releases: ALL,
      options:
        '--baseurl= --cost= --excludepkgs= --ignoregroups=@8,9~9 --includepkgs= --install --metalink= --mirrorlist= --name=! --noverifyssl --proxy= --sslcacert= --sslclientcert= --sslclientkey=',
    },
  ],
  ['reqpart', { releases: ALL, options: '--add-boot' }],
  ['rescue', { releases: ALL, options: '--nomount --romount' }],
  [
    'rhsm',
    {
      releases: ALL,
      options:
        '--activation-key=! --connect-to-insights --flatpak-registry-url=@10 --organization=! --proxy= --rhsm-baseurl= --server-hostname=',
    },
  ],
  ['rootpw', { releases: ALL, options: '--allow-ssh@9,10 --iscrypted --lock --plaintext' }],
  ['selinux', { releases: ALL, options: '--disabled --enforcing --permissive' }],
  ['services', { releases: ALL, options: '--disabled= --enabled=' }],
  ['shutdown', { releases: ALL, options: '--eject --kexec' }],
  ['skipx', { releases: ALL }],
  ['snapshot', { releases: ALL, options: '--name=! --when=!' }],
  ['sshkey', { releases: ALL, options: '--username=!' }],
  ['sshpw', { releases: ALL, options: '--iscrypted --lock --plaintext --sshkey --username=!' }],
  ['syspurpose', { releases: ALL, options: '--addon= --role= --sla= --usage=' }],
  ['text', { releases: ALL, options: '--non-interactive' }],
  ['timesource', { releases: [9, 10], options: '--ntp-disable --ntp-pool= --ntp-server= --nts' }],
  ['timezone', { releases: ALL, options: '--isUtc@8,9 --nontp@8,9 --ntpservers=@8,9 --utc' }],
  ['updates', { releases: ALL }],
  [
    'url',
    {
      releases: ALL,
      options:
        '--metalink= --mirrorlist= --noverifyssl --proxy= --sslcacert= --sslclientcert= --sslclientkey= --url=',
    },
  ],
  [
    'user',
    {
      releases: ALL,
      options:
        '--gecos= --gid= --groups= --homedir= --iscrypted --lock --name=! --password= --plaintext --shell= --uid=',
    },
  ],
  ['vnc', { releases: ALL, deprecated: [10], options: '--host=@8,9 --password=@8,9 --port=@8,9' }],
  [
    'volgroup',
    { releases: ALL, options: '--noformat --pesize= --reserved-percent= --reserved-space= --useexisting' },
  ],
  ['xconfig', { releases: ALL, options: '--defaultdesktop= --startxonboot' }],
  ['zerombr', { releases: ALL }],
  ['zfcp', { releases: ALL, options: '--devnum=! --fcplun= --wwpn=' }],
  ['zipl', { releases: ALL, options: '--force-secure-boot --no-secure-boot --secure-boot' }],
]);
