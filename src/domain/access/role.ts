import { z } from 'zod';

/** Groups that Ansible makes by itself, with a meaning of their own. */
const ANSIBLE_GROUPS: readonly string[] = ['all', 'ungrouped'];

/** How groups of the inventory begin that are made of something other than a role. */
export const GROUP_PREFIXES = ['profile_', 'subnet_', 'state_'] as const;

/** What a machine is for: `web`. */
export const roleName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, {
    message:
      'must be 1-63 of a-z, 0-9 and underscore, beginning with a letter: roles become Ansible groups, which allow no dash',
  })
  .refine((name) => !ANSIBLE_GROUPS.includes(name), {
    message: `must not be ${ANSIBLE_GROUPS.join(' or ')}: roles become Ansible groups, and these are Ansible's own`,
  })
  .refine((name) => !GROUP_PREFIXES.some((prefix) => name.startsWith(prefix)), {
    message: `must not begin with ${GROUP_PREFIXES.join(', ')}: other groups of the inventory do`,
  });

/** The roles of one system, in the order of the record; none twice. */
export const rolesInput = z
  .array(roleName)
  .max(32)
  .superRefine((roles, ctx) => {
    for (const [index, role] of roles.entries())
      if (roles.indexOf(role) !== index)
        ctx.addIssue({ code: 'custom', path: [index], message: `role ${role} is given twice` });
  });
