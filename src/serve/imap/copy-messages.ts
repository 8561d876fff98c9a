import type { Copied } from '../../store/store.ts';
import type { UidRanges } from '../../store/uid-ranges.ts';
import type { ImapReader } from '../../wire/imap/imap-reader.ts';
import { printNumbers, type SequenceSet } from '../../wire/imap/sequence-set.ts';
import { modseqAfterExpunge } from './condstore.ts';
import { endLimited, insistOnLimit, limitMessages, type Limited } from './message-limit.ts';
import { keepLive, RangeCollector } from './positions.ts';
import { No } from './refusal.ts';
import { includesAll, noPermission, openAccess, type Access } from './sharing/access.ts';
import { copyAcross } from './sharing/copy-across.ts';
import { forbiddenFlags } from './sharing/flag-rights.ts';
import { withProgress } from './progress.ts';
import type { Done, Reply } from './respond.ts';
import type { Selected, Session } from './session.ts';

/** The arguments of COPY and MOVE and their UID forms. */
export interface CopyArguments {
  readonly set: SequenceSet;
  readonly to: string;
}

/** copy = "COPY" SP sequence-set SP mailbox; move alike. RFC 9051 section 9. */
export function expectCopy(r: ImapReader): CopyArguments {
  r.expectSpace();
  const set = r.expectSequenceSet();
  r.expectSpace();
  return { set, to: r.expectMailbox() };
}

/** What was copied or moved. */
export interface CopiedMessages {
  /** COPYUID and its value; undefined: no message was named, or the destination is not the client's to read. */
  readonly copyUid: string | undefined;
  /** False: nothing was there to be copied. */
  readonly any: boolean;
  /** What was copied or moved of what was named. */
  readonly limited: Limited;
}

/**
 * Copies or moves messages to another mailbox in one write. RFC 9051 sections 6.4.7 and 6.4.8; long ones show that they go on.
 * @throws No TRYCREATE when there is no such mailbox, EXPUNGEISSUED when all that were named are gone, OVERQUOTA, CANNOT for the
 * mailbox itself.
 */
export async function copyMessages(
  session: Session,
  { set, to }: CopyArguments,
  { byUid, how }: { readonly byUid: boolean; readonly how: 'copy' | 'move' },
  reply: Reply,
): Promise<CopiedMessages> {
  const selected = how === 'move' ? session.writableMailbox() : session.currentMailbox();
  const { mailbox, view } = selected;
  // RFC 6851 section 4.4.
  if (how === 'move' && !includesAll(selected.rights, 'te')) throw noPermission();
  const asked = byUid ? view.resolveUids(set) : view.resolveNumbers(set);
  const target = await openAccess(session, to, 'i', 'TRYCREATE');
  if (target.mailbox.id === mailbox.id) throw new No('messages are in that mailbox already', 'CANNOT');
  const { live: named, expunged } = keepLive(view, asked);
  if (how === 'copy') insistOnLimit(session, view, named);
  const limited = limitMessages(session, view, named);
  const { positions: live } = limited;
  if (live.length === 0) {
    if (expunged > 0 && !byUid) throw new No('messages are gone', 'EXPUNGEISSUED');
    return { copyUid: undefined, any: false, limited };
  }
  const uids = view.uidRanges(live);
  const isWithin = target.owner.id === selected.ownerId;
  const copying = isWithin
    ? copyWithin(session, selected, uids, target, how)
    : cross(session, selected, uids, target, how);
  const copyUid = copyUidOf(await withProgress(reply, undefined, copying));
  // RFC 9051 section 6.4.7: who may not read the mailbox hears nothing of it.
  return { copyUid: target.rights.includes('r') ? copyUid : undefined, any: copyUid !== undefined, limited };
}

/** Within one account: one write, and flags go again that the rights do not allow there. RFC 4314 section 4, COPY. */
async function copyWithin(
  session: Session,
  { mailbox, ownerId }: Selected,
  uids: UidRanges,
  { owner, mailbox: to, rights }: Access,
  how: 'copy' | 'move',
): Promise<Copied> {
  const { store } = session.services;
  const { quotaBytes } = owner;
  const { origin } = session;
  const room = quotaBytes === undefined ? {} : { quotaBytes };
  const copied = await store[how]({ accountId: ownerId, from: mailbox.id, uids, to: to.id, ...room, origin });
  const only = forbiddenFlags(rights);
  if (only === undefined || !copied.ok || copied.destination.length === 0) return copied;
  const made = { accountId: ownerId, mailboxId: to.id, uids: rangesOf(copied.destination) };
  await store.setFlags({ ...made, how: 'replace', flags: 0, keywords: [], only, origin });
  return copied;
}

/** Between accounts: filed there, then removed here; what breaks in between leaves both. */
async function cross(
  session: Session,
  selected: Selected,
  uids: UidRanges,
  target: Access,
  how: 'copy' | 'move',
): Promise<Copied> {
  const { uidValidity, source, destination } = await copyAcross(session, selected, uids, target);
  if (how === 'move' && source.length > 0) {
    const gone = { accountId: selected.ownerId, mailboxId: selected.mailbox.id, uids: rangesOf(source) };
    await session.services.store.expunge({ ...gone, onlyDeleted: false, origin: session.origin });
  }
  const sets = { source: Uint32Array.from(source), destination: Uint32Array.from(destination) };
  return { ok: true, uidValidity, ...sets, modseq: undefined };
}

function rangesOf(uids: Iterable<number>): UidRanges {
  const ranges = new RangeCollector();
  for (const uid of uids) ranges.add(uid);
  return ranges.ranges;
}

/** RFC 4315 section 3, COPYUID: both sets ascending, in the same order. */
function copyUidOf(copied: Copied): string | undefined {
  if (!copied.ok) {
    throw copied.reason === 'over-quota'
      ? new No('no room in this account', 'OVERQUOTA')
      : new No('no such mailbox', 'TRYCREATE');
  }
  if (copied.source.length === 0) return undefined;
  return `COPYUID ${copied.uidValidity} ${printNumbers(copied.source)} ${printNumbers(copied.destination)}`;
}

/** MOVE: COPYUID comes before the messages go, in an untagged OK (RFC 6851 section 4.3). */
export async function moveMessages(session: Session, args: CopyArguments, byUid: boolean, reply: Reply): Promise<Done> {
  const { copyUid, any, limited } = await copyMessages(session, args, { byUid, how: 'move' }, reply);
  if (!any) return {};
  if (copyUid !== undefined) reply.untagged(`OK [${copyUid}] moved`);
  return endLimited(highestModseqCode(session), limited, reply);
}

/** RFC 7162 sections 3.2.7 and 3.2.9: where the mailbox stands after messages went, for those who follow it. */
export function highestModseqCode(session: Session): { readonly code?: string } {
  const view = session.selected?.view;
  return session.condstore && view !== undefined ? { code: `HIGHESTMODSEQ ${modseqAfterExpunge(session, view)}` } : {};
}
