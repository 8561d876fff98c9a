import { octetsOf } from '../../wire/imap/response/value.ts';
import { readFetched, type FetchedMessage } from '../../wire/imap/response/read-fetched.ts';
import { parseNumberSet, type NumberRanges } from '../../wire/imap/response/uid-set.ts';
import { setPart } from './command.ts';
import type { ConnectionState } from './connection-state.ts';
import { ImapError } from './imap-error.ts';

export interface FetchOptions {
  /** The set is of message numbers, not of uids. */
  readonly bySeq?: boolean;
  /** Only messages that changed since (RFC 7162 section 3.1.4.1). */
  readonly changedSince?: bigint;
}

/** `UID`, `FLAGS`, `BODY.PEEK[HEADER.FIELDS (FROM TO)]<0.100>`: no item may end the command. */
const fetchItem =
  /^[A-Za-z0-9.]{1,40}(?:\[[A-Za-z0-9.]{0,100}(?: \([\x21\x23-\x27\x2a-\x5b\x5e-\x7e ]{1,2000}\))?\](?:<[0-9]{1,16}\.[0-9]{1,16}>)?)?$/;

/**
 * One message after another, as they come; the server waits while nobody asks for the next. RFC 9051 section 6.4.5.
 * @throws ImapError
 */
export async function* fetchMessages(
  state: ConnectionState,
  set: string | readonly number[],
  items: readonly string[],
  { bySeq = false, changedSince }: FetchOptions,
): AsyncGenerator<FetchedMessage, void> {
  state.insistSelected('FETCH');
  const odd = items.find((item) => !fetchItem.test(item) && !/^PREVIEW \(LAZY\)$/i.test(item));
  if (odd !== undefined) throw new TypeError(`not a fetch item: ${JSON.stringify(odd.slice(0, 100))}`);
  const since = changedSince === undefined ? '' : ` (CHANGEDSINCE ${changedSince})`;
  const command = `${bySeq ? '' : 'UID '}FETCH ${setPart(set)} (${items.join(' ')})${since}`;
  for await (const response of state.stream([command])) {
    if (response.kind === 'piece') continue;
    if (response.kind === 'data' && (response.name === 'FETCH' || response.name === 'UIDFETCH')) {
      yield readFetched(response.name, response.number, response.values);
    } else state.take(response);
  }
}

/**
 * The octets of one part of a message, in pieces as they come, never whole in memory. `section`: '' for all of it, `TEXT`,
 * `1.2`, `1.MIME`. With `decoded` the server undoes the transfer encoding (BINARY, RFC 3516). \Seen is not set.
 * @throws ImapError, with fault `no` also when there is no such message
 */
export async function* downloadPart(
  state: ConnectionState,
  uid: number,
  section: string,
  decoded: boolean,
): AsyncGenerator<Uint8Array, void> {
  state.insistSelected('FETCH');
  if (!/^[A-Za-z0-9.]{0,100}$/.test(section)) throw new TypeError('not a section');
  const item = decoded ? `BINARY.PEEK[${section}]` : `BODY.PEEK[${section}]`;
  const name = item.replace('.PEEK', '').toUpperCase();
  let found = false;
  for await (const response of state.stream([`UID FETCH ${setPart([uid])} (${item})`], 1)) {
    if (response.kind === 'piece') {
      found = true;
      yield response.octets;
    } else if (response.kind === 'data' && response.name.endsWith('FETCH')) {
      // What is short comes quoted, and an empty one as an empty string.
      const octets = readFetched(response.name, response.number, response.values).sections.get(name);
      if (octets && octets.length > 0) yield octets;
      found ||= octets !== undefined;
    } else state.take(response);
  }
  if (!found) throw new ImapError('FETCH', 'no', `there is no message ${uid}`);
}

/** Uids that vanished since, of those in the set. RFC 7162 section 3.2.6; needs QRESYNC to be enabled. @throws ImapError */
export async function fetchVanished(
  state: ConnectionState,
  set: string | readonly number[],
  since: bigint,
): Promise<{ readonly vanished: NumberRanges; readonly changed: readonly FetchedMessage[] }> {
  state.insistSelected('FETCH');
  if (!state.enabled.has('QRESYNC')) throw new ImapError('FETCH', 'state', 'QRESYNC is not enabled');
  const vanished: (readonly [number, number])[] = [];
  const changed: FetchedMessage[] = [];
  await state.run([`UID FETCH ${setPart(set)} (FLAGS) (CHANGEDSINCE ${since} VANISHED)`], (name, values, number) => {
    if (name.endsWith('FETCH')) changed.push(readFetched(name, number, values));
    else if (name !== 'VANISHED' || values.length < 2) return false;
    else vanished.push(...(parseNumberSet(octetsOf(values[1]) ?? '') ?? []));
    return true;
  });
  return { vanished, changed };
}
