import type { Socket } from 'node:net';

/** What is to be sent at the end of the turn. Texts are Latin-1 and are put together, so that a turn is one write. */
export class OutputBuffer {
  #text = '';
  #parts: (string | Uint8Array)[] | undefined;
  #partBytes = 0;

  get bytes(): number {
    return this.#partBytes + this.#text.length;
  }

  write(data: string | Uint8Array): void {
    if (typeof data === 'string') {
      this.#text += data;
      return;
    }
    if (data.length === 0) return;
    const parts = (this.#parts ??= []);
    if (this.#text !== '') {
      parts.push(this.#text);
      this.#partBytes += this.#text.length;
      this.#text = '';
    }
    parts.push(data);
    this.#partBytes += data.length;
  }

  /** Everything, in one piece. */
  take(): Uint8Array {
    const parts = this.#parts ?? [];
    if (this.#text !== '') parts.push(this.#text);
    this.#text = '';
    this.#parts = undefined;
    this.#partBytes = 0;
    const octets = parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part));
    const [first] = octets;
    return octets.length === 1 && first !== undefined ? first : Buffer.concat(octets);
  }

  /** Hands everything to the socket; nothing when there is nothing. */
  flushTo(socket: Socket): void {
    const text = this.#text;
    const parts = this.#parts;
    if (parts === undefined) {
      if (text === '') return;
      this.#text = '';
      if (socket.writable) socket.write(text, 'latin1');
      return;
    }
    this.#text = '';
    this.#parts = undefined;
    this.#partBytes = 0;
    if (!socket.writable) return;
    socket.cork();
    for (const part of parts) {
      if (typeof part === 'string') socket.write(part, 'latin1');
      else socket.write(part);
    }
    if (text !== '') socket.write(text, 'latin1');
    socket.uncork();
  }
}
