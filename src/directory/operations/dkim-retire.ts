import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';
import { directoryChange } from '../directory-change.ts';
import { conflict } from '../directory-conflict.ts';
import { recordKey } from '../directory-record.ts';
import { getDomain, operation } from './operation.ts';

/** A key that signs stops signing; one that does not is forgotten, and its record may go from the DNS. */
export const dkimRetire = operation({
  name: 'dkim-retire',
  schema: z.strictObject({ domain: z.string(), selector: z.string() }),
  decide(view, { domain, selector }, { now }) {
    const record = getDomain(view, domain);
    if (!record.ok) return record;
    const text = toUnicodeDomain(record.value.name);
    const keys = view.dkimKeys.get(record.value.name) ?? [];
    const key = keys.find((each) => each.selector === selector.toLowerCase());
    if (!key) return conflict('unknown', `${text} has no DKIM key with the selector "${selector}"`);
    if (key.state !== 'active') return ok(directoryChange({ remove: [recordKey(key)] }));
    if (keys.filter(({ state }) => state === 'active').length === 1) {
      return conflict(
        'in-use',
        `${selector} is the only key that signs for ${text}, and nothing is sent unsigned; put another one to work first ("posthorn config dkim add", "posthorn config dkim rotate")`,
      );
    }
    return ok(directoryChange({ put: [{ ...key, state: 'retiring', since: now }] }));
  },
});
