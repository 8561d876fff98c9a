import { differOf, factsOf, sectionsOf } from './compare-structure.ts';
import type { ImapPeer } from './imap-peer.ts';
import { readFetches, type Fetched } from './read-fetch.ts';

/** Something that we say otherwise than every reference does. */
export interface Difference {
  /** Such as `.bodystructure.parts[0].octets`, `BODY[1.2]` or a whole command. */
  readonly at: string;
  readonly ours: unknown;
  /** In the order of the references. */
  readonly theirs: readonly unknown[];
  /** Empty where it is about the mailbox. */
  readonly message: string;
  /** ENVELOPE and BODYSTRUCTURE that the references answer for it. */
  readonly context: string;
}

/** A difference before it is known of what. */
type Told = Omit<Difference, 'message' | 'context'>;

/** Our server and others, with the same messages in one mailbox of each. */
export class ComparedMailbox {
  readonly messages: readonly string[];
  private readonly own: ImapPeer;
  private readonly references: readonly ImapPeer[];

  private constructor(own: ImapPeer, references: readonly ImapPeer[], messages: readonly string[]) {
    this.own = own;
    this.references = references;
    this.messages = messages;
  }

  /** Fills a new mailbox with those messages (CRLF, without NUL) that the last reference takes, and so must all. */
  static async fill(
    own: ImapPeer,
    references: readonly ImapPeer[],
    messages: readonly string[],
  ): Promise<ComparedMailbox> {
    const all = [...references.toReversed(), own];
    for (const peer of all) {
      await peer.send('UNSELECT');
      await peer.send(`DELETE ${peer.mailbox}`);
      await peer.send(`CREATE ${peer.mailbox}`);
    }
    const kept: string[] = [];
    for (const message of messages) {
      const date = `"${String(1 + (kept.length % 28)).padStart(2, '0')}-Jan-2023 10:00:00 +0000"`;
      const [first, ...others] = all;
      if (first === undefined || !(await append(first, date, message))) continue;
      for (const peer of others)
        if (!(await append(peer, date, message))) throw new Error(`${peer.name} refuses ${JSON.stringify(message)}`);
      kept.push(message);
    }
    for (const peer of all) await peer.send(`SELECT ${peer.mailbox}`);
    return new ComparedMailbox(own, references, kept);
  }

  /** RFC822.SIZE, ENVELOPE, BODYSTRUCTURE, and where the structure is the same all sections. */
  async compareMessages(): Promise<Difference[]> {
    const items = 'RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER] BODY.PEEK[TEXT] BODY.PEEK[]';
    const [ours, ...theirs] = await Promise.all(
      [this.own, ...this.references].map(async (peer) => readFetches(await peer.send(`FETCH 1:* (${items})`))),
    );
    const found: Difference[] = [];
    for (const [index, message] of this.messages.entries()) {
      const own = get(ours, index + 1);
      const others = theirs.map((each) => get(each, index + 1));
      const facts = factsOf(own);
      const differences = differOf(others.map(factsOf), facts).map(({ at, want, got }) => ({
        at,
        ours: got,
        theirs: want,
      }));
      differences.push(...compareItems(own, others, ['RFC822.SIZE', 'BODY[HEADER]', 'BODY[TEXT]', 'BODY[]']));
      if (differences.length === 0)
        differences.push(...(await this.compareSections(index + 1, sectionsOf(facts.bodystructure))));
      const context = JSON.stringify(others.map(factsOf));
      found.push(...differences.map((each) => ({ ...each, message, context })));
    }
    return found;
  }

  private async compareSections(number: number, sections: readonly string[]): Promise<Told[]> {
    const command = `FETCH ${number} (${sections.map((section) => `BODY.PEEK[${section}]`).join(' ')})`;
    const [own = new Map<string, string>(), ...others] = await Promise.all(
      [this.own, ...this.references].map(async (peer) => get(readFetches(await peer.send(command)), number)),
    );
    return compareItems(
      own,
      others,
      [...own.keys()].filter((item) => item.startsWith('BODY[')),
    );
  }

  /** Answers of a command that ought to be the same word for word, such as SEARCH, SORT or THREAD. */
  async compareCommand(command: string): Promise<Difference | undefined> {
    const [ours, ...theirs] = await Promise.all(
      [this.own, ...this.references].map(async (peer) => answerOf(await peer.send(command))),
    );
    return theirs.includes(ours ?? '') ? undefined : { at: command, ours, theirs, message: '', context: '' };
  }
}

async function append(peer: ImapPeer, date: string, message: string): Promise<boolean> {
  return (await peer.send(`APPEND ${peer.mailbox} ${date} {${message.length}+}\r\n${message}`)).includes(' OK ');
}

function get(all: ReadonlyMap<number, Fetched> | undefined, number: number): Fetched {
  return all?.get(number) ?? new Map<string, string>();
}

function compareItems(own: Fetched, others: readonly Fetched[], items: readonly string[]): Told[] {
  return items
    .filter((item) => !others.some((other) => other.get(item) === own.get(item)))
    .map((item) => ({ at: item, ours: own.get(item), theirs: others.map((other) => other.get(item)) }));
}

function answerOf(said: string): string {
  return said.split('\r\n').find((line) => /^\* (?:SEARCH|SORT|THREAD)/.test(line)) ?? said.slice(0, 200);
}
