/** What some clients call keywords that are registered; kept under the registered names, so that all clients agree. */
const otherNames: readonly (readonly [string, string])[] = [
  ['Junk', '$Junk'],
  ['NonJunk', '$NotJunk'],
  ['NotJunk', '$NotJunk'],
  ['$NonJunk', '$NotJunk'],
  ['Forwarded', '$Forwarded'],
];

/**
 * Registered keywords that have no bit in the store (RFC 5788 registry: RFC 8457, RFC 5550 sections 5.9 and 5.10, RFC 9979).
 * Their spelling is theirs, whoever uses one first in an account.
 */
const registered: readonly string[] = [
  ...['$Important', '$SubmitPending', '$Submitted'],
  ...['$MailFlagBit0', '$MailFlagBit1', '$MailFlagBit2', '$hasattachment', '$hasnoattachment', '$memo', '$hasmemo'],
  ...['$canunsubscribe', '$unsubscribed', '$autosent', '$followed', '$muted', '$imported', '$istrusted'],
  ...['$maskedemail', '$new', '$notify'],
];

const spellings: ReadonlyMap<string, string> = new Map([
  ...registered.map((name) => [name.toLowerCase(), name] as const),
  ...otherNames.map(([other, name]) => [other.toLowerCase(), name] as const),
]);

/** The name under which a flag or keyword is kept. */
export function keptName(name: string): string {
  return spellings.get(name.toLowerCase()) ?? name;
}
