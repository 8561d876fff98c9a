import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { DkimKeyRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';

/** sub-domain *("." sub-domain) of RFC 6376 section 3.1, lower case. */
const selectorText = /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
/** Each active one is a signature on each message. */
const maxKeys = 16;

/** May the domain have this key? What is in the key is looked at where it comes from outside. */
export function checkDkimKey(view: DirectoryView, record: DkimKeyRecord): Result<undefined, DirectoryConflict> {
  const domain = toUnicodeDomain(record.domain);
  if (!view.domains.has(record.domain)) {
    return conflict('unknown', `there is no domain ${domain}, which a DKIM key is for`);
  }
  if (!selectorText.test(record.selector)) {
    return conflict('invalid', `"${record.selector}" cannot be a selector: letters, digits, "-" and "." are expected`);
  }
  const others = (view.dkimKeys.get(record.domain) ?? []).filter(({ selector }) => selector !== record.selector);
  if (others.length >= maxKeys) return conflict('invalid', `${domain}: at most ${maxKeys} DKIM keys`);
  return ok(undefined);
}
