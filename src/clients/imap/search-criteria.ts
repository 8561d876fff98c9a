import { printDay } from '../../wire/imap/imap-date.ts';
import { atomPart, setPart, stringPart, type CommandPart } from './command.ts';

/** What messages have to be; all that is given must hold. RFC 9051 section 6.4.4. */
export interface SearchCriteria {
  readonly uid?: string | readonly number[];
  readonly seq?: string | readonly number[];
  readonly seen?: boolean;
  readonly answered?: boolean;
  readonly flagged?: boolean;
  readonly deleted?: boolean;
  readonly draft?: boolean;
  readonly keyword?: string;
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly bcc?: string;
  readonly subject?: string;
  readonly body?: string;
  readonly text?: string;
  /** A header field that has this text; '' for any. */
  readonly header?: readonly [name: string, text: string];
  /** Days in the zone of the Date's UTC parts. */
  readonly since?: Date;
  readonly before?: Date;
  readonly on?: Date;
  readonly sentSince?: Date;
  readonly sentBefore?: Date;
  readonly sentOn?: Date;
  /** Octets. */
  readonly larger?: number;
  readonly smaller?: number;
  /** Seconds (RFC 5032). */
  readonly olderThan?: number;
  readonly youngerThan?: number;
  /** Changed since, or at (RFC 7162 section 3.1.5). */
  readonly modseq?: bigint;
  /** RFC 8474. */
  readonly emailId?: string;
  readonly threadId?: string;
  readonly not?: SearchCriteria;
  readonly or?: readonly [SearchCriteria, SearchCriteria];
}

const words: Readonly<Record<string, readonly [yes: string, no: string]>> = {
  seen: ['SEEN', 'UNSEEN'],
  answered: ['ANSWERED', 'UNANSWERED'],
  flagged: ['FLAGGED', 'UNFLAGGED'],
  deleted: ['DELETED', 'UNDELETED'],
  draft: ['DRAFT', 'UNDRAFT'],
};
const maxDepth = 50;

/** The keys of a search, with blanks between; `ALL` when nothing is asked. @throws TypeError when a value cannot be said */
export function criteriaParts(criteria: SearchCriteria, depth = 0): readonly CommandPart[] {
  if (depth > maxDepth) throw new TypeError('search criteria are nested too deeply');
  const keys: (readonly CommandPart[])[] = [];
  const { uid, seq, keyword, header, emailId, threadId, modseq, not, or } = criteria;
  if (seq !== undefined) keys.push([setPart(seq)]);
  if (uid !== undefined) keys.push(['UID ', setPart(uid)]);
  for (const [name, [yes, no]] of Object.entries(words)) {
    const wanted = criteria[name as 'seen'];
    if (wanted !== undefined) keys.push([wanted ? yes : no]);
  }
  if (keyword !== undefined) keys.push(['KEYWORD ', atomPart(keyword, 'a keyword')]);
  for (const name of ['from', 'to', 'cc', 'bcc', 'subject', 'body', 'text'] as const) {
    const text = criteria[name];
    if (text !== undefined) keys.push([`${name.toUpperCase()} `, stringPart(text)]);
  }
  if (header) keys.push(['HEADER ', stringPart(header[0]), ' ', stringPart(header[1])]);
  for (const name of ['since', 'before', 'on', 'sentSince', 'sentBefore', 'sentOn'] as const) {
    const date = criteria[name];
    if (date) keys.push([`${name.toUpperCase()} ${printDay(date.getTime())}`]);
  }
  keys.push(...numberKeys(criteria));
  if (modseq !== undefined) keys.push([`MODSEQ ${modseq}`]);
  if (emailId !== undefined) keys.push(['EMAILID ', atomPart(emailId, 'an id')]);
  if (threadId !== undefined) keys.push(['THREADID ', atomPart(threadId, 'an id')]);
  if (not) keys.push(['NOT (', ...criteriaParts(not, depth + 1), ')']);
  if (or) keys.push(['OR (', ...criteriaParts(or[0], depth + 1), ') (', ...criteriaParts(or[1], depth + 1), ')']);
  return keys.length === 0 ? ['ALL'] : keys.flatMap((key, index) => (index === 0 ? key : [' ', ...key]));
}

function numberKeys({ larger, smaller, olderThan, youngerThan }: SearchCriteria): (readonly CommandPart[])[] {
  const named = { LARGER: larger, SMALLER: smaller, OLDER: olderThan, YOUNGER: youngerThan };
  return Object.entries(named).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`${name}: not a number of octets or seconds`);
    return [[`${name} ${value}`]];
  });
}
