import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AnnotationTarget } from '../store/annotation.ts';
import type { Store } from '../store/store.ts';

/** Where a mailbox keeps its access key. RFC 4467 section 2.2. */
const keyEntry = '/server/urlauth';
const keyBytes = 32;

/** How a token begins: which algorithm made it. RFC 4467 section 2.4.1. */
const hmacSha256 = '01';

/** The access key of a mailbox; undefined: it has none, so no URL of it is valid. */
export async function findUrlKey(
  store: Pick<Store, 'readAnnotations'>,
  mailbox: AnnotationTarget,
): Promise<Uint8Array | undefined> {
  const annotations = await store.readAnnotations(mailbox);
  return annotations.find(({ entry }) => entry === keyEntry)?.value;
}

/** The same; a mailbox that has none gets one. Undefined: the mailbox is gone. */
export async function makeUrlKey(store: Store, mailbox: AnnotationTarget): Promise<Uint8Array | undefined> {
  const known = await findUrlKey(store, mailbox);
  if (known !== undefined) return known;
  await store.setAnnotations({
    target: mailbox,
    values: [{ entry: keyEntry, value: randomBytes(keyBytes), keep: true }],
  });
  // Another session may have been first.
  return findUrlKey(store, mailbox);
}

/** A new key, or none: all URLs of the mailbox that were authorized so far are void. False when the mailbox is gone. */
export async function resetUrlKey(store: Store, mailbox: AnnotationTarget, how: 'new' | 'none'): Promise<boolean> {
  const value = how === 'new' ? randomBytes(keyBytes) : undefined;
  return (await store.setAnnotations({ target: mailbox, values: [{ entry: keyEntry, value }] })).ok;
}

/** The token of the mechanism INTERNAL: HMAC-SHA256 over the URL up to its access identifier. RFC 4467 section 5. */
export function makeUrlToken(key: Uint8Array, rump: string): string {
  return hmacSha256 + createHmac('sha256', key).update(rump, 'latin1').digest('hex');
}

/**
 * Is this the token for that key? Takes the same time whatever is wrong, also without a key: nobody finds out so which
 * mailboxes there are. RFC 4467 section 6.
 */
export function isUrlToken(key: Uint8Array | undefined, rump: string, token: string): boolean {
  const right = Buffer.from(makeUrlToken(key ?? randomBytes(keyBytes), rump));
  const given = Buffer.from(token);
  return given.length === right.length && timingSafeEqual(given, right) && key !== undefined;
}
