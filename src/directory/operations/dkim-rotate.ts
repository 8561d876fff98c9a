import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';
import { directoryChange } from '../directory-change.ts';
import { conflict } from '../directory-conflict.ts';
import type { DkimKeyRecord } from '../directory-record.ts';
import { getDomain, operation } from './operation.ts';

/**
 * The keys that wait take over from those of their algorithm that sign now. The old ones stay listed, since mail that they
 * signed is under way: their records must stay in the DNS for a while.
 */
export const dkimRotate = operation({
  name: 'dkim-rotate',
  schema: z.strictObject({ domain: z.string() }),
  decide(view, { domain }, { now }) {
    const record = getDomain(view, domain);
    if (!record.ok) return record;
    const text = toUnicodeDomain(record.value.name);
    const keys = view.dkimKeys.get(record.value.name) ?? [];
    const next = keys.filter(({ state }) => state === 'next');
    if (next.length === 0) {
      return conflict(
        'invalid',
        `${text} has no DKIM key that waits; make one with "posthorn config dkim add ${text}" and publish its record first`,
      );
    }
    const replaced = keys.filter((key) => key.state === 'active' && next.some((to) => to.algorithm === key.algorithm));
    const turn = (key: DkimKeyRecord, state: DkimKeyRecord['state']): DkimKeyRecord => ({ ...key, state, since: now });
    return ok(
      directoryChange({
        put: [...next.map((key) => turn(key, 'active')), ...replaced.map((key) => turn(key, 'retiring'))],
      }),
    );
  },
});
