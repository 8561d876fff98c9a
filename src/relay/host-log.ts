import type { HostStory, QueueId, RemoteReply } from '../queue/queued.ts';
import type { Reply } from '../wire/smtp/reply.ts';

const maxReplies = 20;
const maxChars = 400;
// oxlint-disable-next-line no-control-regex
const controls = /[\0-\x1f\x7f-\x9f]+/g;

/** What happened at one address of one host, for the stories of the entries that were tried there. */
export class HostLog {
  readonly host: string;
  readonly address: string | undefined;
  tls: string | undefined = undefined;
  verdict: string | undefined = undefined;
  /** The address of ours that it was reached from, where one was chosen. */
  from: string | undefined = undefined;
  readonly #shared: string[] = [];
  readonly #own = new Map<QueueId, string[]>();

  constructor(host: string, address: string | undefined) {
    this.host = host;
    this.address = address;
  }

  /** Of interest for all entries of the batch, or for one. */
  add(text: string, id?: QueueId): void {
    const list = id === undefined ? this.#shared : (this.#own.get(id) ?? []);
    if (id !== undefined) this.#own.set(id, list);
    if (list.length < maxReplies) list.push(text.replace(controls, ' ').slice(0, maxChars));
  }

  story(id: QueueId): HostStory {
    const { host, address, tls, verdict, from } = this;
    const replies = [...this.#shared, ...(this.#own.get(id) ?? [])].slice(0, maxReplies);
    return { host, address, tls, verdict, replies, ...(from === undefined ? {} : { from }) };
  }
}

/** A reply as the queue keeps it, bounded. */
export function remoteReply(host: string, reply: Reply): RemoteReply {
  const text = reply.lines.join(' ').replace(controls, ' ').slice(0, 500);
  return { host, code: reply.code, enhanced: reply.enhanced, text };
}
