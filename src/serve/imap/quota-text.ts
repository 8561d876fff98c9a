import type { Session } from './session.ts';

/** `QUOTA "" (STORAGE used limit)` in units of 1024 octets, rounded up; an empty list when there is no limit. RFC 9208 section 4.2.1. */
export async function printQuota(session: Session): Promise<string> {
  const { id, quotaBytes } = session.currentAccount();
  if (quotaBytes === undefined) return 'QUOTA "" ()';
  const { usedBytes } = await session.services.store.usage(id);
  return `QUOTA "" (STORAGE ${Math.ceil(usedBytes / 1024)} ${Math.ceil(quotaBytes / 1024)})`;
}
