import { expandRanges, parseNumberSet } from '../../wire/imap/response/uid-set.ts';
import { numberOf, octetsOf } from '../../wire/imap/response/value.ts';
import type { ResponseCode } from '../../wire/imap/response/parse-response.ts';
import { flagsPart, mailboxPart, setPart } from './command.ts';
import type { ConnectionState } from './connection-state.ts';

export interface StoreOptions {
  /** Messages that changed since are left alone, and told (RFC 7162 section 3.1.3). */
  readonly unchangedSince?: bigint;
}

/** Uids that were left alone because of `unchangedSince`. RFC 9051 section 6.4.6. @throws ImapError */
export async function storeFlags(
  state: ConnectionState,
  uids: string | readonly number[],
  change: { readonly how: 'add' | 'remove' | 'replace'; readonly flags: readonly string[] },
  { unchangedSince }: StoreOptions,
): Promise<readonly number[]> {
  state.insistSelected('STORE');
  const sign = { add: '+', remove: '-', replace: '' }[change.how];
  const since = unchangedSince === undefined ? '' : ` (UNCHANGEDSINCE ${unchangedSince})`;
  const { code } = await state.run([
    `UID STORE ${setPart(uids)}${since} ${sign}FLAGS.SILENT ${flagsPart(change.flags)}`,
  ]);
  return code?.name === 'MODIFIED' ? (numbersOf(code, 0) ?? []) : [];
}

/** COPYUID (RFC 4315 section 3): `source[i]` became `destination[i]`. */
export type Copied =
  | { readonly uidValidity: number; readonly source: readonly number[]; readonly destination: readonly number[] }
  | undefined;

/** RFC 9051 sections 6.4.7 and 6.4.8. @throws ImapError */
export async function copyMessages(
  state: ConnectionState,
  how: 'COPY' | 'MOVE',
  uids: string | readonly number[],
  mailbox: string,
): Promise<Copied> {
  state.insistSelected(how);
  if (how === 'MOVE') state.insistCapability('MOVE', 'MOVE', 'IMAP4REV2');
  let told: ResponseCode | undefined;
  // MOVE tells before its EXPUNGEs, in an untagged OK. RFC 6851 section 4.3.
  const take = state.take;
  const onUntagged: typeof take = (response) => {
    if (response.kind === 'status' && response.code?.name === 'COPYUID') told = response.code;
    take(response);
  };
  const { command } = state.timeouts;
  const tag = await state.dialogue.send(
    [`UID ${how} ${setPart(uids)} `, mailboxPart(mailbox, state.utf8)],
    command,
    onUntagged,
  );
  const answer = await state.dialogue.finish(tag, command, onUntagged);
  const code = answer.code?.name === 'COPYUID' ? answer.code : told;
  const uidValidity = numberOf(code?.values[0]);
  const source = code && numbersOf(code, 1);
  const destination = code && numbersOf(code, 2);
  return uidValidity === undefined || !source || !destination ? undefined : { uidValidity, source, destination };
}

/** Removes what has \Deleted, of these uids alone where the server can (UIDPLUS). RFC 9051 sections 6.4.3 and 6.4.9. @throws ImapError */
export async function expungeMessages(
  state: ConnectionState,
  uids: string | readonly number[] | undefined,
): Promise<void> {
  state.insistSelected('EXPUNGE');
  if (uids !== undefined) state.insistCapability('EXPUNGE', 'UIDPLUS', 'IMAP4REV2');
  await state.run([uids === undefined ? 'EXPUNGE' : `UID EXPUNGE ${setPart(uids)}`]);
}

function numbersOf(code: ResponseCode, at: number): readonly number[] | undefined {
  const ranges = parseNumberSet(octetsOf(code.values[at]) ?? '');
  return ranges && expandRanges(ranges);
}
