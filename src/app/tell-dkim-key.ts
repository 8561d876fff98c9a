import { createPublicKey } from 'node:crypto';

import { toAsciiDomain } from '../base/domain-name.ts';
import { printKeyRecord } from '../checks/dkim/key-record.ts';
import type { DkimKeyFacts } from '../directory/facts.ts';

/** A key as `--json` tells it: never its private half. */
export interface DkimKeyTold {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: string;
  readonly state: string;
  readonly since: string;
  readonly record: { readonly name: string; readonly type: 'TXT'; readonly value: string };
}

/** With the record of the DNS that belongs to it. */
export function tellDkimKey({ publicKey, ...facts }: DkimKeyFacts): DkimKeyTold {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
  const domain = toAsciiDomain(facts.domain);
  const name = `${facts.selector}._domainkey.${domain.ok ? domain.value : facts.domain}`;
  return { ...facts, record: { name, type: 'TXT', value: printKeyRecord(key) ?? '' } };
}
