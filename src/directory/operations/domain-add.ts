import { z } from 'zod';

import { readDomainKey } from '../address-key.ts';
import { conflict } from '../directory-conflict.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';
import { operation, putChecked } from './operation.ts';

export const domainAdd = operation({
  name: 'domain-add',
  schema: z.strictObject({ domain: z.string(), reportsOnly: z.boolean().default(false) }),
  decide(view, { domain, reportsOnly }) {
    const name = readDomainKey(domain);
    if (!name.ok) return conflict('invalid', name.error);
    if (view.domains.has(name.value)) {
      return conflict('exists', `the domain ${toUnicodeDomain(name.value)} is configured already`);
    }
    return putChecked(view, {
      kind: 'domain',
      name: name.value,
      caseSensitive: false,
      separators: ['+'],
      reportsOnly,
      disabled: false,
    });
  },
});
