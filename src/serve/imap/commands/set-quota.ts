import { annotationLimits } from '../../../store/annotation.ts';
import { mailboxLimits } from '../../../store/mailbox.ts';
import type { ImapReader } from '../../../wire/imap/imap-reader.ts';
import { command, loggedIn } from '../command.ts';
import { findQuotaRoot } from '../quota-root.ts';
import { printQuota } from '../quota-text.ts';
import { No } from '../refusal.ts';
import type { Session } from '../session.ts';
import { noPermission } from '../sharing/access.ts';

interface ResourceLimit {
  /** Upper case. */
  readonly name: string;
  /** In the resource's unit. RFC 9208 section 5. */
  readonly limit: number;
}

/** One of each kind, and some that nobody knows. */
const maxResources = 16;
const unitBytes = 1024;
/** Octets that a number can still tell apart. */
const maxUnits = Math.floor(Number.MAX_SAFE_INTEGER / unitBytes);

/** What is limited for all accounts alike: it may be named, with the limit that there is. RFC 9208 section 3.2. */
const fixedLimits: ReadonlyMap<string, number> = new Map([
  ['MAILBOX', mailboxLimits.maxMailboxes],
  ['ANNOTATION-STORAGE', Math.ceil(annotationLimits.maxBytes / unitBytes)],
]);

/**
 * SETQUOTA for administrators, on the root of any account. A limit of STORAGE that is not in the list is taken away; the others
 * cannot be changed. In effect for all sessions and deliveries when the answer is sent. RFC 9208 section 4.1.3.
 */
export const setQuota = command({
  name: 'SETQUOTA',
  states: loggedIn,
  // Only those may who are told so; before a login nobody is.
  capabilities: [(session) => (isAdministrator(session) ? 'QUOTASET' : undefined)],
  belongsTo: 'QUOTA',
  tells: 'all',
  parse(r) {
    r.expectSpace();
    const root = r.expectAstring();
    r.expectSpace();
    return { root, limits: expectLimits(r) };
  },
  async run(session, { root, limits }, reply) {
    if (!isAdministrator(session)) throw noPermission();
    const owner = await findQuotaRoot(session, root);
    const { directory } = session.services;
    const quotaBytes = storageOf(limits);
    if (!(await directory.setQuota(owner, quotaBytes))) throw new No('no such quota root', 'NONEXISTENT');
    session.log.info('quota set', { of: owner.name, quotaBytes: quotaBytes ?? null });
    reply.untagged(await printQuota(session, directory.findAccount(owner.id) ?? owner));
  },
});

function isAdministrator({ account, services }: Session): boolean {
  return account !== undefined && services.directory.findAccount(account.id)?.isAdministrator === true;
}

/** `setquota-list`, RFC 9208 section 7. */
function expectLimits(r: ImapReader): readonly ResourceLimit[] {
  const limits: ResourceLimit[] = [];
  r.expectChar('(');
  while (!r.takeChar(')')) {
    if (limits.length > 0) r.expectSpace();
    const name = r.expectKeyword();
    r.expectSpace();
    if (limits.some((other) => other.name === name) || limits.length === maxResources) r.fail('each resource once');
    limits.push({ name, limit: r.expectNumber64() });
  }
  return limits;
}

/** Octets; undefined: no limit. @throws No CANNOT, LIMIT */
function storageOf(limits: readonly ResourceLimit[]): number | undefined {
  let bytes: number | undefined;
  for (const { name, limit } of limits) {
    if (name === 'STORAGE') {
      if (limit > maxUnits) throw new No('that is more than can be counted', 'LIMIT');
      bytes = limit * unitBytes;
    } else if (fixedLimits.get(name) !== limit) {
      throw new No('only the limit of STORAGE can be changed', 'CANNOT');
    }
  }
  return bytes;
}
