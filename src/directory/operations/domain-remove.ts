import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { displayAddress } from '../address-text.ts';
import { addressesIn } from '../checks/check-domain.ts';
import { directoryChange } from '../directory-change.ts';
import { conflict } from '../directory-conflict.ts';
import { recordKey } from '../directory-record.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';
import { getDomain, operation } from './operation.ts';

export const domainRemove = operation({
  name: 'domain-remove',
  schema: z.strictObject({ domain: z.string() }),
  decide(view, { domain }) {
    const record = getDomain(view, domain);
    if (!record.ok) return record;
    const inUse = Array.from(addressesIn(view, record.value.name), ({ address }) => displayAddress(address));
    if (inUse.length > 0) {
      const some = inUse.slice(0, 3).join(', ') + (inUse.length > 3 ? ` and ${inUse.length - 3} more` : '');
      return conflict('in-use', `the domain ${toUnicodeDomain(record.value.name)} has ${some}; remove them first`);
    }
    const keys = view.dkimKeys.get(record.value.name) ?? [];
    return ok(directoryChange({ remove: [...keys, record.value].map(recordKey) }));
  },
});
