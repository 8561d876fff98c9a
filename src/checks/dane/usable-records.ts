import type { TlsaRecord } from '../../base/resolver.ts';

/** Octets of the data by matching type: any, SHA-256, SHA-512. RFC 6698 section 2.1.3. */
const LENGTHS: Readonly<Record<number, number | undefined>> = { 1: 32, 2: 64 };
/** More than any host publishes; each costs a comparison. */
const MAX_RECORDS = 100;

/**
 * The records that count for SMTP: DANE-TA(2) and DANE-EE(3), with a selector and a matching type that we know and data of
 * the right length (RFC 7672 section 3.1); SHA-256 is left aside where SHA-512 says the same of a key (RFC 7671 section 9).
 * Empty although there were records: TLS is needed, the certificate is not looked at (RFC 7672 section 2.2).
 */
export function usableRecords(records: readonly TlsaRecord[]): readonly TlsaRecord[] {
  const usable = records.filter((record) => isUsable(record)).slice(0, MAX_RECORDS);
  const strong = new Set(usable.filter((each) => each.matchingType === 2).map((each) => groupOf(each)));
  return usable.filter((record) => record.matchingType !== 1 || !strong.has(groupOf(record)));
}

function isUsable({ usage, selector, matchingType, data }: TlsaRecord): boolean {
  if ((usage !== 2 && usage !== 3) || (selector !== 0 && selector !== 1)) return false;
  if (matchingType === 0) return data.length > 0;
  return LENGTHS[matchingType] === data.length;
}

function groupOf({ usage, selector }: TlsaRecord): string {
  return `${usage} ${selector}`;
}
