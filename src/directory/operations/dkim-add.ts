import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';
import { directoryChange } from '../directory-change.ts';
import { conflict } from '../directory-conflict.ts';
import { dkimAlgorithms } from '../dkim/make-dkim-key.ts';
import { newDkimRecords } from '../dkim/new-dkim-records.ts';
import { checkRecord } from '../load-tables.ts';
import { getDomain, operation } from './operation.ts';

/** Makes keys that wait: they sign once `dkim-rotate` says so, when the DNS has them. */
export const dkimAdd = operation({
  name: 'dkim-add',
  schema: z.strictObject({
    domain: z.string(),
    algorithms: z
      .array(z.enum(dkimAlgorithms))
      .min(1)
      .max(dkimAlgorithms.length)
      .readonly()
      .default([...dkimAlgorithms]),
    /** Default: made of the algorithm and the day. Only for one key. */
    selector: z.string().optional(),
  }),
  decide(view, { domain, selector }, { now, dkimKeys }) {
    const record = getDomain(view, domain);
    if (!record.ok) return record;
    const { name } = record.value;
    const text = toUnicodeDomain(name);
    if (selector !== undefined && dkimKeys.length > 1) {
      return conflict('invalid', 'a selector is for one key; name its algorithm');
    }
    const given = selector?.toLowerCase();
    if (view.dkimKeys.get(name)?.some((key) => key.selector === given) === true) {
      return conflict('exists', `${text} has a DKIM key with the selector ${given} already`);
    }
    const put = newDkimRecords(view, name, dkimKeys, { state: 'next', since: now, selector: given });
    for (const key of put) {
      const checked = checkRecord(view, key);
      if (!checked.ok) return checked;
    }
    return ok(directoryChange({ put }));
  },
});
