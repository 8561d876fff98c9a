import type { Account } from '../../directory/directory.ts';
import { annotationLimits } from '../../store/annotation.ts';
import { mailboxLimits } from '../../store/mailbox.ts';
import { quotaRootOf } from './quota-root.ts';
import type { Session } from './session.ts';

/**
 * `QUOTA root (STORAGE used limit MAILBOX used limit ANNOTATION-STORAGE used limit)`; storage in units of 1024 octets, rounded
 * up (RFC 9208 sections 4.2.1 and 5). STORAGE only where the account has a limit; the others hold for all.
 */
export async function printQuota(session: Session, owner: Account): Promise<string> {
  const { store } = session.services;
  const { mailboxes, annotationBytes } = await store.countHoldings(owner.id);
  const resources: string[] = [];
  const { quotaBytes } = owner;
  if (quotaBytes !== undefined) resources.push(inUnits('STORAGE', (await store.usage(owner.id)).usedBytes, quotaBytes));
  resources.push(`MAILBOX ${mailboxes} ${mailboxLimits.maxMailboxes}`);
  resources.push(inUnits('ANNOTATION-STORAGE', annotationBytes, annotationLimits.maxBytes));
  return `QUOTA ${quotaRootOf(session, owner)} (${resources.join(' ')})`;
}

function inUnits(name: string, bytes: number, limit: number): string {
  return `${name} ${Math.ceil(bytes / 1024)} ${Math.ceil(limit / 1024)}`;
}
