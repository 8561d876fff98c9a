import type { Mailbox } from '../../store/mailbox.ts';
import type { ListArguments } from '../../wire/imap/read-list.ts';
import { listPattern, type ListPattern } from './list-pattern.ts';

/** One LIST response. */
export interface Listed {
  readonly name: string;
  /** In the order in which they are sent. */
  readonly attributes: readonly string[];
  /** CHILDINFO ("SUBSCRIBED"): something below, which may not match the pattern, is subscribed. RFC 9051 section 6.3.9.6. */
  readonly childInfo: boolean;
  /** False: only here because of what is below it. */
  readonly chosen: boolean;
  /** Undefined: a name that is only subscribed. */
  readonly mailbox: Mailbox | undefined;
}

/** What LIST has to look at. */
export interface ListFacts {
  readonly mailboxes: readonly Mailbox[];
  readonly subscriptions: ReadonlySet<string>;
  /** Names that are no mailboxes, only levels above what others share. */
  readonly levels?: Iterable<string>;
  /** Mailboxes that others share so that they are seen in lists only. */
  readonly unreadable?: ReadonlySet<string>;
}

/** Everything there is, as a lookup. */
interface Known {
  readonly levels: ReadonlySet<string>;
  readonly unreadable: ReadonlySet<string> | undefined;
  readonly byName: ReadonlyMap<string, Mailbox>;
  /** Names that have something below. */
  readonly parents: ReadonlySet<string>;
  /** Names that have something below that the selection options choose. */
  readonly chosenParents: ReadonlySet<string>;
}

type Chooser = (name: string, mailbox: Mailbox | undefined) => boolean;

/**
 * The mailboxes that LIST answers with, by name, one by one so that the caller can pause. RFC 9051 sections 6.3.9, 6.3.9.1 and
 * 7.3.1, RFC 5258, RFC 6154.
 */
export function* listMailboxes(args: ListArguments, facts: ListFacts): Generator<Listed | undefined> {
  const patterns = args.patterns.map((pattern) => listPattern(args.reference, pattern));
  const choose = chooserOf(args, facts.subscriptions);
  const known = gather(facts, choose);
  const names = new Set([...known.byName.keys(), ...(facts.levels ?? [])]);
  if (args.select.has('SUBSCRIBED')) for (const name of facts.subscriptions) names.add(name);
  if (args.select.has('RECURSIVEMATCH')) for (const name of known.chosenParents) names.add(name);
  for (const name of [...names].sort()) yield listed(name, args, facts.subscriptions, patterns, choose, known);
}

/** These names as they are now, with all attributes; one that is neither there nor subscribed is just \NonExistent. */
export function* describeNames(
  names: Iterable<string>,
  facts: ListFacts,
): Generator<Pick<Listed, 'name' | 'attributes'>> {
  const known = gather(facts, () => false);
  for (const name of names) yield { name, attributes: attributesOf(name, facts.subscriptions, known) };
}

function chooserOf(args: ListArguments, subscriptions: ReadonlySet<string>): Chooser {
  const subscribed = args.select.has('SUBSCRIBED');
  const special = args.select.has('SPECIAL-USE');
  return (name, mailbox) => (!subscribed || subscriptions.has(name)) && (!special || mailbox?.specialUse !== undefined);
}

function gather({ mailboxes, subscriptions, levels = [], unreadable }: ListFacts, choose: Chooser): Known {
  const byName = new Map(mailboxes.map((mailbox) => [mailbox.name, mailbox]));
  const parents = new Set<string>();
  const chosenParents = new Set<string>();
  for (const mailbox of mailboxes) {
    addParents(parents, mailbox.name);
    if (choose(mailbox.name, mailbox)) addParents(chosenParents, mailbox.name);
  }
  for (const name of subscriptions) if (choose(name, byName.get(name))) addParents(chosenParents, name);
  return { byName, parents, chosenParents, levels: new Set(levels), unreadable };
}

function addParents(parents: Set<string>, name: string): void {
  for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
    const parent = name.slice(0, at);
    if (parents.has(parent)) return;
    parents.add(parent);
  }
}

function listed(
  name: string,
  args: ListArguments,
  subscriptions: ReadonlySet<string>,
  patterns: readonly ListPattern[],
  choose: Chooser,
  known: Known,
): Listed | undefined {
  const mailbox = known.byName.get(name);
  const childInfo = args.select.has('RECURSIVEMATCH') && known.chosenParents.has(name);
  const chosen = choose(name, mailbox);
  if (!chosen && !childInfo) return undefined;
  if (!patterns.some((matches) => matches(name))) return undefined;
  const wantsSubscribed = args.select.has('SUBSCRIBED') || args.returns.has('SUBSCRIBED');
  const attributes = attributesOf(name, wantsSubscribed ? subscriptions : undefined, known);
  return { name, attributes, childInfo, chosen, mailbox };
}

function attributesOf(name: string, subscriptions: ReadonlySet<string> | undefined, known: Known): string[] {
  const mailbox = known.byName.get(name);
  const attributes: string[] = [];
  if (mailbox === undefined) attributes.push('\\NonExistent');
  // The first implies it (RFC 5258 section 3), but not for clients that do not know it.
  if (known.levels.has(name) && mailbox === undefined) attributes.push('\\Noselect');
  // RFC 9051 section 6.3.9.2, STATUS: what cannot be selected says so.
  if (known.unreadable?.has(name) === true) attributes.push('\\Noselect');
  if (subscriptions?.has(name) === true) attributes.push('\\Subscribed');
  // RFC 9051 section 6.3.9.5.
  attributes.push(known.parents.has(name) ? '\\HasChildren' : '\\HasNoChildren');
  if (mailbox?.specialUse !== undefined) attributes.push(mailbox.specialUse);
  return attributes;
}
