import { connect, type Socket } from 'node:net';

/** Someone who answers IMAP commands; texts are Latin-1, one character an octet. */
export interface ImapPeer {
  readonly name: string;
  /** A mailbox that is made anew for every comparison. */
  readonly mailbox: string;
  /** All that is said up to the tagged reply, which is the last line. `text`: without tag and last line end. */
  send(text: string): Promise<string>;
  close(): void;
}

/** Longest wait for an answer. */
const patienceMs = 60_000;

/** Another server, over a connection without TLS; has logged in when this resolves. */
export async function enterPeer({
  name,
  port,
  user,
  password,
  mailbox = 'compared',
}: {
  readonly name: string;
  /** Of loopback. */
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly mailbox?: string;
}): Promise<ImapPeer> {
  const socket = connect(port, '127.0.0.1');
  const reader = new AnswerReader(socket);
  await reader.until('*');
  let count = 0;
  const send = async (text: string): Promise<string> => {
    const tag = `t${++count}`;
    socket.write(Buffer.from(`${tag} ${text}\r\n`, 'latin1'));
    return reader.until(tag);
  };
  const said = await send(`LOGIN "${user}" "${password}"`);
  if (!said.includes(' OK ')) throw new Error(`${name}: ${said}`);
  return { name, mailbox, send, close: () => socket.destroy() };
}

/** Gathers what is said, literals passed over, until a line begins with the tag. */
class AnswerReader {
  private text = '';
  /** Where the first line begins that was not looked at, and the answer that it is in. */
  private at = 0;
  private answer = 0;
  private ended = false;
  private wake: () => void = () => undefined;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
      this.wake();
    });
    socket.on('close', () => {
      this.ended = true;
      this.wake();
    });
    socket.on('error', () => undefined);
  }

  async until(tag: string): Promise<string> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const said = this.take(`${tag} `);
      if (said !== undefined) return said;
      if (this.ended || Date.now() > deadline) throw new Error(`no answer: ${this.text.slice(-200)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** All up to the line that begins so, if it is here. */
  private take(start: string): string | undefined {
    for (;;) {
      const lineEnd = this.text.indexOf('\r\n', this.at);
      if (lineEnd < 0) return undefined;
      const literal = /\{(\d+)\}$/.exec(this.text.slice(Math.max(this.at, lineEnd - 24), lineEnd));
      const next = lineEnd + 2 + Number(literal?.[1] ?? 0);
      if (next > this.text.length) return undefined;
      this.at = next;
      if (literal !== null) continue;
      const isLast = this.text.startsWith(start, this.answer);
      this.answer = next;
      if (!isLast) continue;
      const said = this.text.slice(0, next);
      this.text = this.text.slice(next);
      this.at = 0;
      this.answer = 0;
      return said;
    }
  }
}
