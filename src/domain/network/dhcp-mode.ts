/**
 * Who gives addresses on a subnet. `off`: never answered. `authoritative`: only this service, which says no to wrong
 * addresses. `shared`: this service beside another one, so it is silent towards machines that it does not know, unless
 * they ask it by name. `proxy`: another server alone; this one answers with boot information only.
 */
export const DHCP_MODES = ['off', 'authoritative', 'shared', 'proxy'] as const;
export type DhcpMode = (typeof DHCP_MODES)[number];
