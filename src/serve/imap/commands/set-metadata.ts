import { expectSetMetadata } from '../../../wire/imap/read-metadata.ts';
import { readFilter } from '../../../wire/imap/read-search.ts';
import { command, loggedIn } from '../command.ts';
import { annotationTarget, isPrivate } from '../metadata.ts';
import { No } from '../refusal.ts';
import { noPermission } from '../sharing/access.ts';

/** Octets of one value; below what a literal may hold in a command. RFC 5464 section 4.1 wants 1024 at least. */
const maxValueBytes = 64 * 1024;

/** SETMETADATA: all of the values or none. RFC 5464 section 4.3. */
export const setMetadata = command({
  name: 'SETMETADATA',
  states: loggedIn,
  belongsTo: 'METADATA',
  tells: 'all',
  parse: expectSetMetadata,
  async run(session, { mailbox, values }) {
    const target = await annotationTarget(session, mailbox, 'rw');
    const isOwn = target.accountId === session.currentAccount().id;
    for (const { entry, value } of values) {
      // There is one place for private annotations, the owner's.
      if (!isOwn && isPrivate(entry)) throw noPermission();
      if ((value?.length ?? 0) > maxValueBytes) throw new No('value is too long', `METADATA MAXSIZE ${maxValueBytes}`);
      // RFC 5464 section 3.2.1.1: always read-only.
      if (mailbox === '') checkFilter(entry, value);
      if (mailbox === '' && entry === '/shared/admin') throw new No('only the server sets that', 'NOPERM');
    }
    const outcome = await session.services.store.setAnnotations({
      target,
      values: values.map(({ entry, value }) => ({
        entry,
        value: value === undefined ? undefined : Uint8Array.from(Buffer.from(value, 'latin1')),
      })),
      origin: session.origin,
    });
    if (!outcome.ok) throw refusals[outcome.reason]();
  },
});

/** What a filter stands for must be a search. RFC 5466 section 3.2. */
function checkFilter(entry: string, value: string | undefined): void {
  if (value === undefined || !/^\/(private|shared)\/filters\/values\//.test(entry)) return;
  const read = readFilter(value);
  if (!read.ok) throw new No(`filter: expected ${read.error.expected} at ${read.error.at}`, 'CANNOT');
}

const refusals = {
  'no-such-mailbox': () => new No('no such mailbox', 'NONEXISTENT'),
  'too-many': () => new No('too many annotations in this account', 'METADATA TOOMANY'),
  'too-large': () => new No('annotations of this account are too large together', 'OVERQUOTA'),
} as const;
