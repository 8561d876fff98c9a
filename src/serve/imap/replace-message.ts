import type { Uid } from '../../store/ids.ts';
import type { ImapReader } from '../../wire/imap/imap-reader.ts';
import { star } from '../../wire/imap/sequence-set.ts';
import { expectAppend, type AppendArguments } from './append/append-arguments.ts';
import { AppendRun } from './append/append-run.ts';
import { highestModseqCode } from './copy-messages.ts';
import { Bad, No } from './refusal.ts';
import type { Done, Reply } from './respond.ts';
import type { Session } from './session.ts';
import { includesAll, noPermission } from './sharing/access.ts';

/** The arguments of REPLACE and UID REPLACE: one message, and what takes its place. */
export interface ReplaceArguments {
  /** A number or a uid; `star` for the last. */
  readonly message: number;
  readonly append: AppendArguments;
}

/** replace = "REPLACE" SP seq-number SP mailbox append-message. RFC 8508 section 5. */
export function expectReplace(r: ImapReader): ReplaceArguments {
  r.expectSpace();
  const message = r.takeChar('*') ? star : r.expectNonZero();
  return { message, append: expectAppend(r) };
}

/**
 * REPLACE: a new message comes and an old one goes in one write. RFC 8508 section 3.4; APPENDUID comes before what is told of
 * the message that went (section 4.3). Of several messages only one can be meant (section 4.7).
 * @throws No as APPEND does; NONEXISTENT or EXPUNGEISSUED when there is no message to replace, then nothing is appended
 */
export async function replaceMessage(
  session: Session,
  { message, append }: ReplaceArguments,
  byUid: boolean,
  reply: Reply,
): Promise<Done> {
  const { mailbox, view, ownerId, rights } = session.writableMailbox();
  // RFC 8508 section 5 says nothing of rights: it is an APPEND, and a STORE and EXPUNGE of the old message.
  if (!includesAll(rights, 'te')) throw noPermission();
  const set = { kind: 'ranges', ranges: [[message, message]] } as const;
  const [found] = byUid ? view.resolveUids(set) : view.resolveNumbers(set);
  if (found === undefined && byUid) throw new No('no such message', 'NONEXISTENT');
  if (found === undefined) throw new Bad('no such message number');
  if (view.indexPosition(found[0]) < 0) throw new No('message is gone', 'EXPUNGEISSUED');
  // The view finds only uids.
  const uid = view.uidAt(found[0]) as Uid;
  const { code } = await AppendRun.run(session, append, {
    accountId: ownerId,
    mailboxId: mailbox.id,
    uid,
  });
  if (code !== undefined) reply.untagged(`OK [${code}] replacement is there`);
  return highestModseqCode(session);
}
