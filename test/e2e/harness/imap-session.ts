/** A plain IMAP client for tests: sends what it is told, keeps every response with its literals. No cleverness to trust. */
import { connect, type Socket } from 'node:net';

export interface Response {
  /** The text with each literal left as `{n}`. */
  readonly line: string;
  readonly literals: readonly Buffer[];
}

export interface Answer {
  readonly status: string;
  /** What follows the status. */
  readonly text: string;
  readonly untagged: readonly Response[];
}

interface Waiting {
  readonly tag: string;
  readonly untagged: Response[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class ImapSession {
  readonly socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #chunkBytes = 0;
  #need = 1;
  #head = '';
  #literals: Buffer[] = [];
  readonly #waiting: Waiting[] = [];
  #tag = 0;
  #failure: Error | undefined;
  #onGreeting: ((line: string) => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('connection closed')));
  }

  /** Connects, waits for the greeting and logs in. */
  static async login(port: number, user: string, password: string, host = '127.0.0.1'): Promise<ImapSession> {
    const session = new ImapSession(connect(port, host));
    await new Promise<string>((resolve, reject) => {
      session.#onGreeting = resolve;
      session.socket.once('close', () => reject(new Error('no greeting')));
    });
    await session.ok(`LOGIN "${user}" "${password}"`);
    return session;
  }

  /** Sends a command; octets among the parts are written as they are. */
  send(...parts: readonly (string | Uint8Array)[]): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure);
    const tag = `t${++this.#tag}`;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ tag, untagged: [], resolve, reject });
      this.socket.cork();
      for (const part of [`${tag} `, ...parts, '\r\n']) this.socket.write(part);
      this.socket.uncork();
    });
  }

  /** As `send`; an answer other than OK throws. */
  async ok(...parts: readonly (string | Uint8Array)[]): Promise<Answer> {
    const answer = await this.send(...parts);
    if (answer.status !== 'OK') throw new Error(`${String(parts[0])}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** APPENDs with a non-synchronising literal; the uid of the new message (RFC 4315 section 3). */
  async append(mailbox: string, octets: Uint8Array, flags = ''): Promise<number> {
    const answer = await this.ok(
      `APPEND "${mailbox}" ${flags === '' ? '' : `(${flags}) `}{${octets.length}+}\r\n`,
      octets,
    );
    return Number(/APPENDUID \d+ (\d+)/.exec(answer.text)?.[1]);
  }

  async logout(): Promise<void> {
    await this.send('LOGOUT').catch(() => undefined);
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
    // While a literal is incomplete there is nothing to look at, so large ones are joined once.
    if (this.#rest.length + this.#chunkBytes < this.#need) return;
    let data = Buffer.concat([this.#rest, ...this.#chunks]);
    this.#chunks = [];
    this.#chunkBytes = 0;
    for (;;) {
      const used = this.#step(data);
      if (used === 0) break;
      data = data.subarray(used);
    }
    this.#rest = data;
  }

  /** Consumes one line, with the literal that follows it if there is one. 0 when more octets are needed. */
  #step(data: Buffer): number {
    this.#need = 1;
    const end = data.indexOf('\r\n');
    if (end < 0) return 0;
    const line = data.toString('latin1', 0, end);
    const size = Number(/\{(\d+)\}$/.exec(line)?.[1] ?? -1);
    if (size >= 0) {
      this.#need = end + 2 + size;
      if (data.length < this.#need) return 0;
      this.#head += line;
      this.#literals.push(Buffer.from(data.subarray(end + 2, end + 2 + size)));
      return end + 2 + size;
    }
    this.#response({ line: this.#head + line, literals: this.#literals });
    this.#head = '';
    this.#literals = [];
    return end + 2;
  }

  #response(response: Response): void {
    const { line } = response;
    if (this.#onGreeting) {
      this.#onGreeting(line);
      this.#onGreeting = undefined;
    } else if (line.startsWith('* ')) {
      this.#waiting[0]?.untagged.push(response);
    } else {
      const [tag = '', status = ''] = line.split(' ', 2);
      const at = this.#waiting.findIndex((waiting) => waiting.tag === tag);
      if (at < 0) return;
      const [waiting] = this.#waiting.splice(at, 1);
      waiting?.resolve({ status, text: line.slice(tag.length + status.length + 2), untagged: waiting.untagged });
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }
}
