import { z } from 'zod';

import { getDomain, operation, putChecked } from './operation.ts';

export const domainSet = operation({
  name: 'domain-set',
  schema: z.strictObject({
    domain: z.string(),
    caseSensitive: z.boolean().optional(),
    separators: z.array(z.string()).readonly().optional(),
    reportsOnly: z.boolean().optional(),
    disabled: z.boolean().optional(),
  }),
  decide(view, { domain, ...settings }) {
    const record = getDomain(view, domain);
    if (!record.ok) return record;
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    return putChecked(view, { ...record.value, ...given });
  },
});
