import type { EmailRow } from '../../../store/email-row.ts';
import type { AppendOutcome } from '../../../store/append-target.ts';
import type { AppendMessage } from '../../../store/store.ts';
import type { Spool } from '../../../store/spool.ts';
import type { UidRanges } from '../../../store/uid-ranges.ts';
import { No } from '../refusal.ts';
import type { Selected, Session } from '../session.ts';
import type { Access } from './access.ts';
import { permittedFlags } from './flag-rights.ts';

/** Messages in one command, and octets: the small ones wait in memory together, the large ones on disk. */
const maxMessages = 1000;
const smallBytes = 256 * 1024;
const maxSmallTotal = 32 * 1024 * 1024;
const maxTotal = 512 * 1024 * 1024;
/** Octets read at once. */
const pieceBytes = 128 * 1024;

/** What was copied: `source[i]` became `destination[i]`, both ascending. */
export interface CopiedAcross {
  readonly uidValidity: number;
  readonly source: readonly number[];
  readonly destination: readonly number[];
}

/**
 * COPY from the selected mailbox into one of another account, all or nothing: the messages are filed there anew, with the
 * flags that the rights allow, and take room there. RFC 9051 section 6.4.7, RFC 4314 section 4, COPY.
 * @throws No LIMIT, OVERQUOTA, TRYCREATE
 */
export async function copyAcross(
  session: Session,
  from: Selected,
  uids: UidRanges,
  target: Access,
): Promise<CopiedAcross> {
  const rows = await readRows(session, from, uids);
  const spools: Spool[] = [];
  try {
    const messages: AppendMessage[] = [];
    for (const row of rows) {
      const message = await collect(session, from, row, target, spools);
      if (message === undefined) throw new No('a message is gone', 'EXPUNGEISSUED');
      messages.push(message);
    }
    const outcomes =
      messages.length === 0 ? [] : await session.services.store.appendAll(messages, { origin: session.origin });
    return { ...uidsOf(outcomes), source: rows.map(({ uid }) => uid) };
  } finally {
    for (const spool of spools) await spool.discard();
  }
}

async function readRows(session: Session, from: Selected, uids: UidRanges): Promise<readonly EmailRow[]> {
  const selection = { accountId: from.ownerId, mailboxId: from.mailbox.id, uids, withExpunged: false };
  const found: EmailRow[] = [];
  let total = 0;
  let small = 0;
  for await (const rows of session.services.store.readEmails(selection, {})) {
    for (const row of rows) {
      found.push(row);
      total += row.sizeBytes;
      if (row.sizeBytes <= smallBytes) small += row.sizeBytes;
    }
    if (found.length > maxMessages || total > maxTotal || small > maxSmallTotal) {
      throw new No('too much for one copy into another account', 'LIMIT');
    }
  }
  return found;
}

/** Undefined: the message is gone. */
async function collect(
  session: Session,
  from: Selected,
  row: EmailRow,
  target: Access,
  spools: Spool[],
): Promise<AppendMessage | undefined> {
  const { store } = session.services;
  const at = from.view.index.find(row.uid);
  const flags = from.view.index.flags[at] ?? 0;
  const keywords = at < 0 ? [] : from.view.index.keywordsAt(at);
  const reader = await store.openMessage(from.ownerId, row.emailId);
  if (reader === undefined) return undefined;
  try {
    const bytes = reader.originalBytes;
    const spool = store.newSpool({ maxBytes: bytes, expectedBytes: bytes });
    spools.push(spool);
    for (let start = 0; start < bytes; start += pieceBytes) {
      const written = spool.write(await reader.read(start, Math.min(start + pieceBytes, bytes)));
      if (typeof written !== 'string') await written;
    }
    const { owner, mailbox, rights } = target;
    const place = {
      accountId: owner.id,
      mailbox: mailbox.id,
      ...permittedFlags({ flags, keywords }, rights),
      receivedAtMs: row.receivedAtMs,
      prefix: Buffer.from(reader.prefix).toString('latin1'),
      ...(owner.quotaBytes === undefined ? {} : { quotaBytes: owner.quotaBytes }),
    };
    return { message: await spool.finish(), targets: [place] };
  } finally {
    reader.close();
  }
}

function uidsOf(outcomes: readonly AppendOutcome[]): Omit<CopiedAcross, 'source'> {
  const destination: number[] = [];
  let uidValidity = 0;
  for (const outcome of outcomes) {
    if (!outcome.ok) {
      throw outcome.reason === 'over-quota'
        ? new No('no room in that account', 'OVERQUOTA')
        : new No('no such mailbox', 'TRYCREATE');
    }
    destination.push(outcome.uid);
    ({ uidValidity } = outcome);
  }
  return { uidValidity, destination };
}
