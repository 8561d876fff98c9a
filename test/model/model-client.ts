import type { ImapEvent } from '../../src/serve/imap/session.ts';
import type { Actor } from '../transcripts/imap-stage.ts';
import type { ScriptedConnection } from '../transcripts/scripted-connection.ts';
import type { Chance } from './chance.ts';
import { checkStatus } from './check-status.ts';
import type { KnownMessage, Mirror } from './mirror.ts';
import type { Model } from './model.ts';
import type { Operation } from './operation.ts';
import { splitResponses } from './responses.ts';

/** What kind of client this is. */
export interface Habits {
  readonly condstore: boolean;
  readonly qresync: boolean;
  readonly rev2: boolean;
  /** Without message numbers. RFC 9586. */
  readonly uidOnly?: true;
  /** Another account, with which the mailboxes are shared. RFC 4314. */
  readonly isGuest?: true;
}

/** All rights: so that each mailbox that others make may be used by guests. */
export const allRights = 'lrswipkxtea';

/** What a client with a cache keeps of a mailbox that it left. */
export interface Kept {
  readonly uidValidity: number;
  readonly modseq: number;
  readonly messages: readonly Required<KnownMessage>[];
}

/** How a command came out. */
export interface Answer {
  readonly status: 'OK' | 'NO' | 'BAD' | 'BYE';
  /** All of the tagged line behind the status. */
  readonly text: string;
  readonly untagged: readonly string[];
  /** The last write before the command. */
  readonly since: number;
}

/** What the client asked to hear between commands: nothing before NOTIFY. */
export type Hears = 'default' | 'all' | 'delayed' | 'no-flags' | 'nothing';

/** A client that believes what it is told, and checks it. */
export class ModelClient {
  readonly name: string;
  readonly actor: Actor;
  readonly model: Model;
  readonly chance: Chance;
  readonly habits: Habits;
  readonly trail: string[];
  connection: ScriptedConnection<ImapEvent>;
  mirror: Mirror | undefined = undefined;
  hears: Hears = 'default';
  idling = false;
  /** Everything up to this modseq was told of the selected mailbox: from here on it may resynchronise. */
  syncedModseq = 0;
  uidValidity = 0;
  readonly kept = new Map<string, Kept>();
  private logins = 0;
  /** Commands sent so far, in all sessions. */
  tags = 0;

  constructor(name: string, actor: Actor, model: Model, chance: Chance, habits: Habits, trail: string[]) {
    this.name = name;
    this.actor = actor;
    this.model = model;
    this.chance = chance;
    this.habits = habits;
    this.trail = trail;
    this.connection = actor.connect(this.origin);
  }

  /** What the server knows this connection by, and the store its writes. */
  get origin(): string {
    return `${this.name}.${this.logins}`;
  }

  async start(): Promise<void> {
    this.connection = this.actor.connect(this.origin);
    await this.connection.greet();
    const { condstore, qresync, rev2, uidOnly, isGuest } = this.habits;
    await this.run(`LOGIN ${isGuest === true ? 'guest' : 'post'}@localhost posthorn`);
    if (rev2) await this.run('ENABLE IMAP4rev2');
    if (qresync) await this.run('ENABLE QRESYNC');
    else if (condstore) await this.run('ENABLE CONDSTORE');
    if (uidOnly === true) await this.run('ENABLE UIDONLY');
  }

  /** After BYE: a new connection, with nothing selected. */
  async restart(): Promise<void> {
    this.connection.end();
    this.mirror = undefined;
    this.idling = false;
    this.hears = 'default';
    this.logins++;
    await this.start();
  }

  /**
   * Sends a command and learns from the answer. `mayExpunge` false: message numbers must stay until the tagged line.
   * @throws Error when the answer contradicts what is known, is BAD or shows a bug
   */
  async run(command: string, options: RunOptions = {}): Promise<Answer> {
    const [answer] = await this.runAll([command], options);
    if (answer === undefined) throw new Error(`no answer to ${command}`);
    return answer;
  }

  /** The same with several commands that are sent at once; their answers must come in order. RFC 9051 section 5.5. */
  async runAll(
    commands: readonly string[],
    { operation, mayExpunge = true, learn }: RunOptions = {},
  ): Promise<readonly Answer[]> {
    const since = this.model.modseq;
    const tags = commands.map(() => `${this.name}x${++this.tags}`);
    if (operation !== undefined) this.model.operations.set(this.origin, operation);
    for (const command of commands) this.note(`> ${command.slice(0, 200)}`);
    const said = await this.connection.send(commands.map((command, i) => `${tags[i] ?? ''} ${command}\r\n`).join(''));
    const answers: Answer[] = [];
    let untagged: string[] = [];
    for (const response of splitResponses(said)) {
      this.note(`< ${response.slice(0, 200)}`);
      const end = /^(\S+) (OK|NO|BAD) ([^]*)$/.exec(response);
      const isEnd = end !== null && end[1] === tags[answers.length];
      if (isEnd || response.startsWith('* BYE ')) {
        const status = isEnd ? (end[2] as Answer['status']) : 'BYE';
        answers.push({ status, text: isEnd ? (end[3] ?? '') : response, untagged, since });
        untagged = [];
        if (status === 'BYE') break;
        continue;
      }
      untagged.push(response);
      if (learn !== undefined) learn(response, since);
      else this.mirror?.learn(response, { since, mayExpunge: mayExpunge || answers.length === commands.length });
    }
    for (const [i, { status, text }] of answers.entries()) {
      if (status === 'BYE') this.checkBye(text, openedBy(answers.flatMap((each) => each.untagged)));
      if (status === 'BAD') throw new Error(`BAD ${text} for ${commands[i]}`);
      if (text.includes('SERVERBUG')) throw new Error(`a bug of the server at ${commands[i]}`);
    }
    const isWhole = answers.length === commands.length || answers.at(-1)?.status === 'BYE';
    if (!isWhole) throw new Error(`no answer to ${commands[answers.length]}`);
    return answers;
  }

  /** Hears what comes without being asked for: in IDLE, or after NOTIFY. */
  async listen(): Promise<void> {
    const since = this.model.modseq;
    this.hearLines(await this.connection.settle(), since);
  }

  /** Learns from what was said outside of commands. */
  hearLines(said: string, since: number): void {
    for (const response of splitResponses(said)) {
      this.note(`< ${response.slice(0, 200)}`);
      if (response.startsWith('* BYE ')) {
        this.checkBye(response);
        continue;
      }
      const speaks = this.idling || (this.hears !== 'default' && this.hears !== 'nothing');
      if (!speaks) throw new Error(`said between commands: ${response}`);
      if (/^\S+ (NO|BAD)/.test(response)) throw new Error(`refused: ${response}`);
      this.mirror?.learn(response, { since, mayExpunge: this.idling || this.hears !== 'delayed' });
      checkStatus(this.model, response, since);
    }
  }

  note(text: string): void {
    this.trail.push(`${this.model.modseq} ${this.name} ${text}`);
    if (this.trail.length > 3000) this.trail.shift();
  }

  get gone(): boolean {
    return this.connection.closed;
  }

  /** Numbers of messages may be used: nothing tells of them between commands. */
  get mayUseNumbers(): boolean {
    return this.habits.uidOnly !== true && (this.hears === 'default' || this.hears === 'delayed');
  }

  /** What this client calls a mailbox. */
  nameOf(mailbox: string): string {
    return this.habits.isGuest === true ? `"Other Users/post/${mailbox}"` : mailbox;
  }

  /** Only because the selected mailbox is gone is a client thrown out; `opened`: the one that the same command selected. */
  private checkBye(response: string, opened?: number): void {
    const { mirror } = this;
    this.mirror = undefined;
    this.model.later(() => {
      const truth = opened === undefined ? mirror?.truth : this.model.mailbox(opened);
      if (truth?.isDeleted !== true) throw new Error(`thrown out for nothing: ${response}`);
    });
  }
}

interface RunOptions {
  readonly operation?: Operation;
  readonly mayExpunge?: boolean;
  /** Takes the untagged responses instead of the mirror. */
  readonly learn?: (response: string, since: number) => void;
}

/** The mailbox that a SELECT describes, by its number. */
function openedBy(untagged: readonly string[]): number | undefined {
  const id = untagged.map((line) => /^\* OK \[MAILBOXID \(F(\d+)\)\]/.exec(line)?.[1]).find(Boolean);
  return id === undefined ? undefined : Number(id);
}
